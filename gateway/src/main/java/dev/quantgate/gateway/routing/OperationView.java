package dev.quantgate.gateway.routing;

import dev.quantgate.worker.api.ModelRecord;
import dev.quantgate.worker.api.OperationRecord;
import java.util.Optional;

/**
 * An operation together with the model it made, once it has succeeded.
 *
 * @param operation as its journal keeps it
 * @param model the model afterwards; empty before the end, and if the model is gone
 */
public record OperationView(OperationRecord operation, Optional<ModelRecord> model) {}
