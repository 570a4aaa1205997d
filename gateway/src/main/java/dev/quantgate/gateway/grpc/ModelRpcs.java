package dev.quantgate.gateway.grpc;

import com.google.longrunning.Operation;
import dev.quantgate.gateway.convert.ModelMessages;
import dev.quantgate.gateway.convert.ModelRequests;
import dev.quantgate.gateway.convert.OperationMessages;
import dev.quantgate.gateway.convert.Pages;
import dev.quantgate.gateway.convert.ResourceNames;
import dev.quantgate.gateway.routing.Catalogue;
import dev.quantgate.gateway.routing.Operations;
import dev.quantgate.v1.Adapter;
import dev.quantgate.v1.DeleteAdapterRequest;
import dev.quantgate.v1.DeleteAdapterResponse;
import dev.quantgate.v1.DeleteModelRequest;
import dev.quantgate.v1.DeleteModelResponse;
import dev.quantgate.v1.DeleteSessionRequest;
import dev.quantgate.v1.DeleteSessionResponse;
import dev.quantgate.v1.GetModelRequest;
import dev.quantgate.v1.ImportAdapterRequest;
import dev.quantgate.v1.ImportModelRequest;
import dev.quantgate.v1.ListModelsRequest;
import dev.quantgate.v1.ListModelsResponse;
import dev.quantgate.v1.ListQuantizationTypesRequest;
import dev.quantgate.v1.ListQuantizationTypesResponse;
import dev.quantgate.v1.ListSessionsRequest;
import dev.quantgate.v1.ListSessionsResponse;
import dev.quantgate.v1.LoadModelRequest;
import dev.quantgate.v1.LoadModelResponse;
import dev.quantgate.v1.Model;
import dev.quantgate.v1.QuantizeModelRequest;
import dev.quantgate.v1.UnloadModelRequest;
import dev.quantgate.v1.UnloadModelResponse;
import dev.quantgate.worker.api.CallContext;
import dev.quantgate.worker.api.ModelRecord;
import java.util.concurrent.CompletionStage;

/** {@code quantgate.v1.ModelService}. */
final class ModelRpcs {
    static final String NAME = "quantgate.v1.ModelService";

    private final Catalogue catalogue;
    private final Operations operations;

    ModelRpcs(Catalogue catalogue, Operations operations) {
        this.catalogue = catalogue;
        this.operations = operations;
    }

    void bind(Rpcs rpcs) {
        rpcs.unary("ListModels", ListModelsRequest::getDefaultInstance, this::list)
                .unary("GetModel", GetModelRequest::getDefaultInstance, this::get)
                .unary("ImportModel", ImportModelRequest::getDefaultInstance, this::importModel)
                .unary("DeleteModel", DeleteModelRequest::getDefaultInstance, this::delete)
                .unary("ImportAdapter", ImportAdapterRequest::getDefaultInstance, this::importAdapter)
                .unary("DeleteAdapter", DeleteAdapterRequest::getDefaultInstance, this::deleteAdapter)
                .unary("ListSessions", ListSessionsRequest::getDefaultInstance, this::listSessions)
                .unary("DeleteSession", DeleteSessionRequest::getDefaultInstance, this::deleteSession)
                .unary("LoadModel", LoadModelRequest::getDefaultInstance, this::load)
                .unary("UnloadModel", UnloadModelRequest::getDefaultInstance, this::unload)
                .unary("QuantizeModel", QuantizeModelRequest::getDefaultInstance, this::quantize)
                .unary("ListQuantizationTypes", ListQuantizationTypesRequest::getDefaultInstance, this::types);
    }

    private CompletionStage<ListModelsResponse> list(ListModelsRequest request, CallContext call) {
        return catalogue.list(call).thenApply(models -> {
            var page = Pages.cut(models, ModelRecord::name, request.getPageSize(), request.getPageToken());
            var response = ListModelsResponse.newBuilder().setNextPageToken(page.nextToken());
            page.items().stream().map(ModelMessages::model).forEach(response::addModels);
            return response.build();
        });
    }

    private CompletionStage<Model> get(GetModelRequest request, CallContext call) {
        var model = ResourceNames.parseWholeModel(request.getName(), "name");
        return catalogue.get(model, call).thenApply(ModelMessages::model);
    }

    private CompletionStage<Operation> importModel(ImportModelRequest request, CallContext call) {
        return operations
                .importModel(ModelRequests.importModel(request), call)
                .thenCompose(operation -> operations.view(operation, call))
                .thenApply(OperationMessages::operation);
    }

    private CompletionStage<DeleteModelResponse> delete(DeleteModelRequest request, CallContext call) {
        return catalogue
                .delete(ResourceNames.parseModel(request.getName(), "name"), call)
                .thenApply(deleted -> DeleteModelResponse.getDefaultInstance());
    }

    private CompletionStage<Adapter> importAdapter(ImportAdapterRequest request, CallContext call) {
        var ref = ModelRequests.adapter(request);
        return catalogue
                .importAdapter(ref, ModelRequests.source(request), call)
                .thenApply(adapter -> ModelMessages.adapter(ref.model(), adapter));
    }

    private CompletionStage<DeleteAdapterResponse> deleteAdapter(DeleteAdapterRequest request, CallContext call) {
        return catalogue
                .deleteAdapter(ResourceNames.parseAdapter(request.getName(), "name"), call)
                .thenApply(deleted -> DeleteAdapterResponse.getDefaultInstance());
    }

    private CompletionStage<ListSessionsResponse> listSessions(ListSessionsRequest request, CallContext call) {
        var model = ResourceNames.parseWholeModel(request.getParent(), "parent");
        return catalogue
                .sessions(model, call)
                .thenApply(sessions -> ListSessionsResponse.newBuilder()
                        .addAllSessions(sessions.stream()
                                .map(session -> ModelMessages.session(model, session))
                                .toList())
                        .build());
    }

    private CompletionStage<DeleteSessionResponse> deleteSession(DeleteSessionRequest request, CallContext call) {
        return catalogue
                .deleteSession(ResourceNames.parseSession(request.getName(), "name"), call)
                .thenApply(deleted -> DeleteSessionResponse.getDefaultInstance());
    }

    private CompletionStage<LoadModelResponse> load(LoadModelRequest request, CallContext call) {
        var ref = ResourceNames.parseModel(request.getName(), "name");
        return catalogue
                .load(ref, ModelRequests.settings(request), call)
                .thenApply(outcome -> ModelMessages.loaded(ref.model(), outcome));
    }

    private CompletionStage<UnloadModelResponse> unload(UnloadModelRequest request, CallContext call) {
        return catalogue
                .unload(ResourceNames.parseModel(request.getName(), "name"), call)
                .thenApply(variants -> UnloadModelResponse.newBuilder()
                        .addAllVariants(
                                variants.stream().map(ResourceNames::loaded).toList())
                        .build());
    }

    private CompletionStage<Operation> quantize(QuantizeModelRequest request, CallContext call) {
        return operations
                .quantize(ModelRequests.quantize(request), call)
                .thenCompose(operation -> operations.view(operation, call))
                .thenApply(OperationMessages::operation);
    }

    private CompletionStage<ListQuantizationTypesResponse> types(
            ListQuantizationTypesRequest request, CallContext call) {
        var types = request.getName().isEmpty()
                ? catalogue.quantizationTypes(call)
                : catalogue.quantizationTypes(ResourceNames.parseWholeModel(request.getName(), "name"), call);
        return types.thenApply(all -> ListQuantizationTypesResponse.newBuilder()
                .addAllTypes(all.stream().map(ModelMessages::type).toList())
                .build());
    }
}
