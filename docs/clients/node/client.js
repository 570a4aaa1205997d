// Talks to a Quantgate gateway: client.js PROTO_FOLDER HOST:PORT MODEL
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const [protoFolder, endpoint, model] = process.argv.slice(2);
const definition = loader.loadSync('quantgate/v1/inference.proto', { includeDirs: [protoFolder], enums: String });
const { InferenceService } = grpc.loadPackageDefinition(definition).quantgate.v1;
const client = new InferenceService(endpoint, grpc.credentials.createInsecure());

const tokenize = (request) =>
  new Promise((resolve, reject) =>
    client.tokenize(request, (error, answer) => (error ? reject(error) : resolve(answer))));

async function chat() {
  const call = client.chat({
    model,
    messages: [{ role: 'user', content: 'Name three primary colours.' }],
    sampling: { temperature: 0 },
    options: { maxTokens: 32 },
  });
  process.stdout.write('answer: ');
  for await (const response of call) {
    if (response.delta) {
      process.stdout.write(response.delta.content);
    } else {
      const { promptTokens, completionTokens } = response.completion.usage;
      console.log(`\nusage: ${promptTokens} prompt tokens, ${completionTokens} generated`);
    }
  }
}

async function main() {
  const { tokens } = await tokenize({ model, text: 'Hello, world!' });
  console.log('tokens:', tokens);
  await chat();
  await tokenize({ model: 'no-such-model', text: 'x' }).catch((error) =>
    console.log('error:', grpc.status[error.code]));
  client.close();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
