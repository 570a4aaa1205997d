package dev.quantgate.gateway.cli;

import com.google.protobuf.Message;
import dev.quantgate.v1.DeleteSessionRequest;
import dev.quantgate.v1.ListSessionsRequest;
import dev.quantgate.v1.ModelServiceGrpc;
import dev.quantgate.v1.ModelServiceGrpc.ModelServiceBlockingStub;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code quantgate sessions}: saved states of conversations. */
@Command(
        name = "sessions",
        mixinStandardHelpOptions = true,
        description = "List and remove the saved sessions of a model; run --session NAME makes one.",
        subcommands = {SessionsCommand.Ls.class, SessionsCommand.Rm.class})
final class SessionsCommand {
    /** {@code sessions ls}. */
    @Command(name = "ls", mixinStandardHelpOptions = true, description = "List a model's sessions.")
    static final class Ls extends RpcCommand {
        @Parameters(paramLabel = "MODEL", description = "The model.")
        private String model = "";

        @Override
        protected int run() {
            var answer = ModelServiceGrpc.newBlockingStub(connection.channel())
                    .listSessions(ListSessionsRequest.newBuilder()
                            .setParent(Resources.model(model))
                            .build());
            var table = new Table("SESSION", "SIZE", "SAVED");
            for (var session : answer.getSessionsList()) {
                if (console.json()) {
                    console.message(session);
                }
                table.row(
                        Resources.last(session.getName()),
                        Table.bytes(session.getSizeBytes()),
                        Instant.ofEpochSecond(session.getUpdateTime().getSeconds())
                                .toString());
            }
            if (!console.json()) {
                console.line(table.toString());
            }
            return ExitCodes.OK;
        }
    }

    /** {@code sessions rm}. */
    @Command(name = "rm", mixinStandardHelpOptions = true, description = "Remove a session.")
    static final class Rm extends RemoveCommand {
        @Parameters(index = "1", paramLabel = "SESSION", description = "The session.")
        private String session = "";

        @Override
        protected String removed() {
            return session;
        }

        @Override
        protected Message remove(ModelServiceBlockingStub models, String parent) {
            return models.deleteSession(DeleteSessionRequest.newBuilder()
                    .setName(parent + "/sessions/" + session)
                    .build());
        }
    }
}
