package dev.quantgate.worker.api;

/** Why a request could not be served; each kind maps to exactly one gRPC and one HTTP status at the gateway's edge. */
public enum FailureKind {
    /** A field of the request is wrong; the failure names it. */
    INVALID_REQUEST,
    /** No such model. */
    MODEL_NOT_FOUND,
    /** The model exists, the variant does not. */
    VARIANT_NOT_FOUND,
    /** The model has no such LoRA adapter. */
    ADAPTER_NOT_FOUND,
    /** The model has no such session. */
    SESSION_NOT_FOUND,
    /** No such operation. */
    OPERATION_NOT_FOUND,
    /** The name is taken. */
    ALREADY_EXISTS,
    /** The model, its format or its backend cannot do this. */
    UNSUPPORTED,
    /** The state of the model or the store does not allow it now; waiting alone will not change that. */
    FAILED_PRECONDITION,
    /** A model file is damaged, hostile or not what it claims to be. */
    INVALID_MODEL,
    /** The queue is full; try again later. */
    QUEUE_FULL,
    /** A configured memory limit would be exceeded. */
    OUT_OF_MEMORY,
    /** The disk has no room. */
    DISK_FULL,
    /** The store cannot be written. */
    STORE_READ_ONLY,
    /** Somebody else owns the model's state: a newer epoch exists. */
    FENCED,
    /** The caller cancelled. */
    CANCELLED,
    /** The deadline passed. */
    DEADLINE_EXCEEDED,
    /** The worker is draining, lost or not there. */
    UNAVAILABLE,
    /** Messages of a stream were lost on the way. */
    DATA_LOSS,
    /** Native code failed; the model is loaded anew. */
    BACKEND_CRASHED,
    /** A bug. */
    INTERNAL
}
