package dev.quantgate.natives.llama;

import dev.quantgate.natives.llama.bindings.llama_model_imatrix_data;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** A copy of an importance matrix in native memory, as an array that ends with an entry without a name. */
final class NativeImportanceMatrix implements AutoCloseable {
    private final List<Pointer> owned = new ArrayList<>();
    private final @Nullable llama_model_imatrix_data entries;

    NativeImportanceMatrix(Map<String, float[]> matrix) {
        if (matrix.isEmpty()) {
            entries = null;
            return;
        }
        llama_model_imatrix_data array = keep(new llama_model_imatrix_data(matrix.size() + 1L));
        int i = 0;
        for (Map.Entry<String, float[]> entry : matrix.entrySet()) {
            array.position(i++)
                    .name(keep(new BytePointer(entry.getKey(), StandardCharsets.UTF_8)))
                    .data(keep(new FloatPointer(entry.getValue())))
                    .size(entry.getValue().length);
        }
        array.position(i).name(null).data(null).size(0);
        array.position(0);
        entries = array;
    }

    /** The first entry, null when there are none. */
    @Nullable
    llama_model_imatrix_data pointer() {
        return entries;
    }

    @Override
    public void close() {
        owned.forEach(Pointer::close);
    }

    private <P extends Pointer> P keep(P pointer) {
        owned.add(pointer);
        return pointer;
    }
}
