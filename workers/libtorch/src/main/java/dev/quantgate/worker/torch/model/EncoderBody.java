package dev.quantgate.worker.torch.model;

import dev.quantgate.natives.torch.TorchTensor;

/** Everything of an encoder below its head. Results belong to the current scope. */
sealed interface EncoderBody permits FusedBody, OperatorBody {

    /** The last states: {@code [batch, tokens, hidden]}; those of padding mean nothing. */
    TorchTensor states(TokenBatch batch);

    /** The state of each input's first token: {@code [batch, hidden]}. */
    TorchTensor firstStates(TokenBatch batch);

    /** The mean of each input's states, float32: {@code [batch, hidden]}. */
    TorchTensor meanStates(TokenBatch batch);
}
