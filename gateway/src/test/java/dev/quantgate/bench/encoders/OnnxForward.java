package dev.quantgate.bench.encoders;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;

/** An encoder in onnxruntime with its stock settings: all graph optimisations, its own arena, spinning threads. */
record OnnxForward(OrtEnvironment environment, OrtSession session) implements Forward {
    static OnnxForward open(Path file, int threads) throws OrtException {
        var environment = OrtEnvironment.getEnvironment();
        try (var options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            options.setInterOpNumThreads(1);
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            return new OnnxForward(environment, environment.createSession(file.toString(), options));
        }
    }

    @Override
    public float[][] pooled(long[][] ids) throws OrtException {
        var inputs = new HashMap<String, OnnxTensor>();
        try {
            for (var name : session.getInputNames()) {
                inputs.put(name, tensor(name, ids));
            }
            try (var result = session.run(inputs)) {
                var states = ((OnnxTensor) result.get(0)).getFloatBuffer();
                var hidden = states.remaining() / (ids.length * ids[0].length);
                var pooled = new float[ids.length][hidden];
                for (var row : pooled) {
                    for (int token = 0; token < ids[0].length; token++) {
                        for (int i = 0; i < hidden; i++) {
                            row[i] += states.get() / ids[0].length;
                        }
                    }
                }
                return pooled;
            }
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    private OnnxTensor tensor(String name, long[][] ids) throws OrtException {
        var values = LongBuffer.allocate(ids.length * ids[0].length);
        for (var row : ids) {
            values.put(
                    switch (name) {
                        case "input_ids" -> row;
                        case "attention_mask" -> filled(row.length, 1);
                        case "token_type_ids" -> filled(row.length, 0);
                        default -> throw new IllegalStateException("input of the graph: " + name);
                    });
        }
        return OnnxTensor.createTensor(environment, values.flip(), new long[] {ids.length, ids[0].length});
    }

    private static long[] filled(int length, long value) {
        var values = new long[length];
        Arrays.fill(values, value);
        return values;
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }
}
