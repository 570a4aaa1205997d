package dev.quantgate.worker.torch.safetensors;

import dev.quantgate.natives.torch.DType;

/** The names the format gives to element types. */
final class SafetensorsTypes {

    private SafetensorsTypes() {}

    static DType parse(String tensor, String name) {
        return switch (name) {
            case "F64" -> DType.FLOAT64;
            case "F32" -> DType.FLOAT32;
            case "F16" -> DType.FLOAT16;
            case "BF16" -> DType.BFLOAT16;
            case "I64" -> DType.INT64;
            case "I32" -> DType.INT32;
            case "I8" -> DType.INT8;
            case "U8" -> DType.UINT8;
            case "BOOL" -> DType.BOOL;
            default ->
                throw new SafetensorsFormatException("tensor " + Text.quote(tensor) + ": dtype " + Text.quote(name)
                        + " (expected: F64, F32, F16, BF16, I64, I32, I8, U8 or BOOL)");
        };
    }

    static String name(DType type) {
        return switch (type) {
            case FLOAT64 -> "F64";
            case FLOAT32 -> "F32";
            case FLOAT16 -> "F16";
            case BFLOAT16 -> "BF16";
            case INT64 -> "I64";
            case INT32 -> "I32";
            case INT8 -> "I8";
            case UINT8 -> "U8";
            case BOOL -> "BOOL";
        };
    }
}
