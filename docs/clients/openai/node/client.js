// Uses a gateway through OpenAI's Node client: client.js HOST:PORT MODEL
import OpenAI from 'openai';

const [endpoint, model] = process.argv.slice(2);
const client = new OpenAI({ baseURL: `http://${endpoint}/v1`, apiKey: 'none', maxRetries: 0, timeout: 120_000 });
const colours = [{ role: 'user', content: 'Name three primary colours.' }];
const weather = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'The weather in a city',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};
const person = {
  type: 'object',
  properties: { name: { type: 'string', maxLength: 20 }, age: { type: 'integer', maximum: 120 } },
  required: ['name', 'age'],
  additionalProperties: false,
};

function expect(fact, condition) {
  if (!condition) {
    console.error(`not so: ${fact}`);
    process.exit(1);
  }
  console.log(`ok ${fact}`);
}

const models = await client.models.list();
expect('models list', models.data.some((one) => one.id === model));

const chat = await client.chat.completions.create({ model, messages: colours, temperature: 0, max_tokens: 24 });
const text = chat.choices[0].message.content;
expect('chat', text && chat.usage.completion_tokens <= 24);

let streamed = '';
let usage;
const stream = await client.chat.completions.create({
  model, messages: colours, temperature: 0, max_tokens: 24, stream: true, stream_options: { include_usage: true },
});
for await (const event of stream) {
  streamed += event.choices[0]?.delta.content ?? '';
  usage = event.usage ?? usage;
}
expect('streamed chat', streamed === text && usage.completion_tokens === chat.usage.completion_tokens);

const called = await client.chat.completions.create({
  model,
  messages: [{ role: 'user', content: 'What is the weather in Paris?' }],
  tools: [weather],
  tool_choice: { type: 'function', function: { name: 'get_weather' } },
  temperature: 0,
  max_tokens: 100,
});
const call = called.choices[0].message.tool_calls[0];
expect('tools', call.function.name === 'get_weather' && 'city' in JSON.parse(call.function.arguments));

const formed = await client.chat.completions.create({
  model,
  messages: [{ role: 'user', content: 'Invent a person.' }],
  response_format: { type: 'json_schema', json_schema: { name: 'person', schema: person, strict: true } },
  temperature: 0,
  max_tokens: 100,
});
expect('json_schema', Object.keys(JSON.parse(formed.choices[0].message.content)).sort().join() === 'age,name');

const continued = await client.completions.create({ model, prompt: 'The sky is', max_tokens: 8, n: 2, seed: 1 });
expect('completions', continued.choices.length === 2 && continued.choices.every((choice) => choice.text));

const vectors = await client.embeddings.create({ model, input: ['hello', 'world'] });
expect('embeddings', vectors.data.length === 2 && vectors.data[0].embedding.some((value) => value !== 0));

const failure = await client.chat.completions.create({ model: 'no-such-model', messages: colours }).catch((error) => error);
expect('error 404', failure instanceof OpenAI.NotFoundError && failure.code === 'model_not_found');
