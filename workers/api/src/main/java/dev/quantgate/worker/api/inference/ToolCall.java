package dev.quantgate.worker.api.inference;

/**
 * A call of a function by a model.
 *
 * @param id that the answer refers to
 * @param name of the function
 * @param argumentsJson a JSON object
 */
public record ToolCall(String id, String name, String argumentsJson) {}
