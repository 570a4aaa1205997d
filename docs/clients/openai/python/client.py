"""Uses a gateway through OpenAI's Python client: client.py HOST:PORT MODEL"""

import json
import sys

import openai

PRIMES = [{"role": "user", "content": "Name three primary colours."}]
TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather in a city",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}
PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string", "maxLength": 20}, "age": {"type": "integer", "maximum": 120}},
    "required": ["name", "age"],
    "additionalProperties": False,
}


def expect(fact, condition):
    if not condition:
        sys.exit(f"not so: {fact}")
    print(f"ok {fact}")


def main(endpoint, model):
    client = openai.OpenAI(base_url=f"http://{endpoint}/v1", api_key="none", max_retries=0, timeout=120)

    expect("models list", model in [one.id for one in client.models.list()])

    chat = client.chat.completions.create(model=model, messages=PRIMES, temperature=0, max_tokens=24, logprobs=True)
    text = chat.choices[0].message.content
    expect("chat", text and chat.usage.completion_tokens <= 24 and chat.choices[0].finish_reason in ("stop", "length"))
    expect("logprobs", "".join(one.token for one in chat.choices[0].logprobs.content).startswith(text[:8]))

    stream = client.chat.completions.create(
        model=model, messages=PRIMES, temperature=0, max_tokens=24, stream=True, stream_options={"include_usage": True}
    )
    events = list(stream)
    streamed = "".join(event.choices[0].delta.content or "" for event in events if event.choices)
    expect("streamed chat", streamed == text and events[-1].usage.completion_tokens == chat.usage.completion_tokens)

    called = client.chat.completions.create(
        model=model,
        messages=[{"role": "user", "content": "What is the weather in Paris?"}],
        tools=[TOOL],
        tool_choice="required",
        temperature=0,
        max_tokens=100,
    )
    call = called.choices[0].message.tool_calls[0]
    expect("tools", call.function.name == "get_weather" and "city" in json.loads(call.function.arguments))

    formed = client.chat.completions.create(
        model=model,
        messages=[{"role": "user", "content": "Invent a person."}],
        response_format={"type": "json_schema", "json_schema": {"name": "person", "schema": PERSON, "strict": True}},
        temperature=0,
        max_tokens=100,
    )
    expect("json_schema", set(json.loads(formed.choices[0].message.content)) == {"name", "age"})

    continued = client.completions.create(model=model, prompt="The sky is", max_tokens=8, n=2, seed=1)
    expect("completions", len(continued.choices) == 2 and all(choice.text for choice in continued.choices))

    vectors = client.embeddings.create(model=model, input=["hello", "world"])
    floats = client.embeddings.create(model=model, input="hello", encoding_format="float")
    same = max(abs(a - b) for a, b in zip(vectors.data[0].embedding, floats.data[0].embedding))
    expect("embeddings", len(vectors.data) == 2 and same < 1e-4)

    try:
        client.chat.completions.create(model="no-such-model", messages=PRIMES)
        expect("error 404", False)
    except openai.NotFoundError as error:
        expect("error 404", error.code == "model_not_found")


main(*sys.argv[1:3])
