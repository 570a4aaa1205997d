package dev.quantgate.bench.encoders;

import dev.quantgate.natives.torch.TorchRuntime;
import dev.quantgate.natives.torch.TorchSettings;
import dev.quantgate.worker.torch.model.EncoderModel;
import dev.quantgate.worker.torch.model.Pooling;
import dev.quantgate.worker.torch.model.TokenBatch;
import dev.quantgate.worker.torch.model.TokenInput;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** The encoder of our worker. */
record TorchForward(EncoderModel model) implements Forward {
    static TorchForward open(Path folder, int threads) throws IOException {
        var unused = TorchRuntime.start(TorchSettings.defaults().withThreads(threads));
        return new TorchForward(EncoderModel.load(folder));
    }

    static TokenBatch batch(long[][] ids) {
        return new TokenBatch(
                Arrays.stream(ids)
                        .map(row -> new TokenInput(row, new long[row.length]))
                        .toList(),
                0);
    }

    @Override
    public float[][] pooled(long[][] ids) {
        return model.pooled(batch(ids), Pooling.MEAN, false);
    }

    @Override
    public void close() {
        model.close();
    }
}
