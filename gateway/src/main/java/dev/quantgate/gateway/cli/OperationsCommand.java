package dev.quantgate.gateway.cli;

import com.google.longrunning.CancelOperationRequest;
import com.google.longrunning.GetOperationRequest;
import com.google.longrunning.ListOperationsRequest;
import com.google.longrunning.Operation;
import com.google.longrunning.OperationsGrpc;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code quantgate operations}: long-running work. */
@Command(
        name = "operations",
        mixinStandardHelpOptions = true,
        description = "List, watch and cancel long-running work.",
        subcommands = {OperationsCommand.Ls.class, OperationsCommand.Watch.class, OperationsCommand.Cancel.class})
final class OperationsCommand {
    /** {@code operations ls}. */
    @Command(name = "ls", mixinStandardHelpOptions = true, description = "List operations, newest first.")
    static final class Ls extends RpcCommand {
        @Override
        protected int run() {
            var stub = OperationsGrpc.newBlockingStub(connection.channel());
            var table = new Table("OPERATION", "KIND", "TARGET", "STATE", "DONE", "STEP");
            var pageToken = "";
            do {
                var page = stub.listOperations(ListOperationsRequest.newBuilder()
                        .setName("operations")
                        .setPageToken(pageToken)
                        .build());
                for (var operation : page.getOperationsList()) {
                    if (console.json()) {
                        console.message(operation);
                    } else {
                        addRow(table, operation);
                    }
                }
                pageToken = page.getNextPageToken();
            } while (!pageToken.isEmpty());
            if (!console.json()) {
                console.line(table.toString());
            }
            return ExitCodes.OK;
        }

        private static void addRow(Table table, Operation operation) {
            var progress = OperationWatcher.progress(operation);
            table.row(
                    Resources.last(operation.getName()),
                    lower(progress.getKind().name(), "OPERATION_KIND_"),
                    Resources.display(progress.getTarget()),
                    lower(progress.getState().name(), "OPERATION_STATE_"),
                    String.format("%.0f%%", progress.getFraction() * 100),
                    operation.hasError() ? operation.getError().getMessage() : progress.getStep());
        }

        private static String lower(String name, String prefix) {
            return (name.startsWith(prefix) ? name.substring(prefix.length()) : name).toLowerCase(Locale.ROOT);
        }
    }

    /** {@code operations watch}. */
    @Command(name = "watch", mixinStandardHelpOptions = true, description = "Follow an operation to its end.")
    static final class Watch extends RpcCommand {
        @Parameters(paramLabel = "OPERATION", description = "Id of the operation.")
        private String operation = "";

        @Override
        protected int run() {
            var done = new OperationWatcher(connection.channel(), console).watch(Resources.operation(operation));
            if (!console.json()) {
                console.line(Resources.last(done.getName()) + " succeeded");
            }
            return ExitCodes.OK;
        }
    }

    /** {@code operations cancel}. */
    @Command(name = "cancel", mixinStandardHelpOptions = true, description = "Ask an operation to stop.")
    static final class Cancel extends RpcCommand {
        @Parameters(paramLabel = "OPERATION", description = "Id of the operation.")
        private String operation = "";

        @Override
        protected int run() {
            var stub = OperationsGrpc.newBlockingStub(connection.channel());
            var name = Resources.operation(operation);
            var unused = stub.cancelOperation(
                    CancelOperationRequest.newBuilder().setName(name).build());
            var now = stub.getOperation(
                    GetOperationRequest.newBuilder().setName(name).build());
            if (console.json()) {
                console.message(now);
            } else {
                console.line(operation + (now.getDone() ? " had ended" : " is asked to stop"));
            }
            return ExitCodes.OK;
        }
    }
}
