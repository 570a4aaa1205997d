"""Talks to a Quantgate gateway: client.py HOST:PORT MODEL [quantise]"""

import sys

import grpc
from google.longrunning import operations_pb2  # noqa: F401  (registers the type that QuantizeModel answers with)
from quantgate.v1 import (
    inference_pb2,
    inference_pb2_grpc,
    models_pb2,
    models_pb2_grpc,
    operations_pb2 as progress_pb2,
    operations_pb2_grpc,
)


def main(endpoint: str, model: str, quantise: bool) -> None:
    with grpc.insecure_channel(endpoint) as channel:
        inference = inference_pb2_grpc.InferenceServiceStub(channel)

        tokens = inference.Tokenize(inference_pb2.TokenizeRequest(model=model, text="Hello, world!"))
        print("tokens:", list(tokens.tokens))

        request = inference_pb2.ChatRequest(
            model=model,
            messages=[inference_pb2.ChatMessage(role="user", content="Name three primary colours.")],
            sampling=inference_pb2.SamplingParameters(temperature=0),
            options=inference_pb2.GenerationOptions(max_tokens=32),
        )
        print("answer: ", end="")
        for response in inference.Chat(request, timeout=120):
            if response.HasField("delta"):
                print(response.delta.content, end="", flush=True)
            else:
                usage = response.completion.usage
                print(f"\nusage: {usage.prompt_tokens} prompt tokens, {usage.completion_tokens} generated")

        try:
            inference.Tokenize(inference_pb2.TokenizeRequest(model="no-such-model", text="x"))
        except grpc.RpcError as error:
            print("error:", error.code().name)

        if quantise:
            watch_quantisation(channel, model)


def watch_quantisation(channel: grpc.Channel, model: str) -> None:
    models = models_pb2_grpc.ModelServiceStub(channel)
    operation = models.QuantizeModel(
        models_pb2.QuantizeModelRequest(name=f"models/{model}", quantization_type="Q8_0", allow_requantize=True)
    )
    operations = operations_pb2_grpc.OperationServiceStub(channel)
    for state in operations.WatchOperation(progress_pb2.WatchOperationRequest(name=operation.name)):
        operation = state
    if operation.HasField("error"):
        sys.exit(f"quantising failed: {operation.error.message}")
    result = models_pb2.QuantizeModelResponse()
    operation.response.Unpack(result)
    print("variant:", result.variant.name, result.variant.size_bytes)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], "quantise" in sys.argv[3:])
