package dev.quantgate.gateway.grpc;

import dev.quantgate.gateway.convert.GenerationMessages;
import dev.quantgate.gateway.convert.GenerationRequests;
import dev.quantgate.gateway.convert.TextTaskMessages;
import dev.quantgate.gateway.convert.TextTaskRequests;
import dev.quantgate.gateway.routing.Inference;
import dev.quantgate.v1.ChatRequest;
import dev.quantgate.v1.ClassifyRequest;
import dev.quantgate.v1.DetokenizeRequest;
import dev.quantgate.v1.EmbedRequest;
import dev.quantgate.v1.FillMaskRequest;
import dev.quantgate.v1.GenerateRequest;
import dev.quantgate.v1.TokenizeRequest;

/** {@code quantgate.v1.InferenceService}. */
final class InferenceRpcs {
    static final String NAME = "quantgate.v1.InferenceService";

    private InferenceRpcs() {}

    static void bind(Rpcs rpcs, Inference inference) {
        rpcs.streaming(
                        "Generate",
                        GenerateRequest::getDefaultInstance,
                        (request, call, sink) -> inference.generate(
                                GenerationRequests.generate(request),
                                call,
                                new MappedSink<>(sink, GenerationMessages::generated)))
                .streaming(
                        "Chat",
                        ChatRequest::getDefaultInstance,
                        (request, call, sink) -> inference.generate(
                                GenerationRequests.chat(request),
                                call,
                                new MappedSink<>(sink, GenerationMessages::chatted)))
                .unary(
                        "Embed",
                        EmbedRequest::getDefaultInstance,
                        (request, call) -> inference
                                .run(TextTaskRequests.embed(request), call)
                                .thenApply(TextTaskMessages::embedded))
                .unary(
                        "Classify",
                        ClassifyRequest::getDefaultInstance,
                        (request, call) -> inference
                                .run(TextTaskRequests.classify(request), call)
                                .thenApply(TextTaskMessages::classified))
                .unary(
                        "FillMask",
                        FillMaskRequest::getDefaultInstance,
                        (request, call) -> inference
                                .run(TextTaskRequests.fillMask(request), call)
                                .thenApply(TextTaskMessages::filled))
                .unary(
                        "Tokenize",
                        TokenizeRequest::getDefaultInstance,
                        (request, call) -> inference
                                .run(TextTaskRequests.tokenize(request), call)
                                .thenApply(TextTaskMessages::tokenized))
                .unary(
                        "Detokenize",
                        DetokenizeRequest::getDefaultInstance,
                        (request, call) -> inference
                                .run(TextTaskRequests.detokenize(request), call)
                                .thenApply(TextTaskMessages::detokenized));
    }
}
