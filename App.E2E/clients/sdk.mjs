// Drives the official TypeScript client through one case and prints what it saw as one line of JSON.
// node sdk.mjs <base url> <key> <plain|stream|tools|refused> [model] [text]
import Anthropic from '@anthropic-ai/sdk';

const [baseURL, authToken, what, model = 'claude-sonnet-5', text = 'Hello'] = process.argv.slice(2);
let requests = 0;
const client = new Anthropic({
  baseURL,
  authToken,
  apiKey: null,
  fetch: (...call) => {
    requests++;
    return fetch(...call);
  },
});
const ask = { model, max_tokens: 1024, messages: [{ role: 'user', content: text }] };
const tools = [{ name: 'get_weather', description: 'Says the weather.', input_schema: { type: 'object', properties: { place: { type: 'string' } }, required: ['place'] } }];

const cases = {
  async plain() {
    const message = await client.messages.create(ask);
    return { text: message.content[0].text, stop: message.stop_reason, output: message.usage.output_tokens };
  },
  async stream() {
    const stream = client.messages.stream(ask);
    let pieces = 0;
    stream.on('text', () => pieces++);
    const message = await stream.finalMessage();
    return { text: message.content[0].text, stop: message.stop_reason, pieces, output: message.usage.output_tokens };
  },
  async tools() {
    const first = await client.messages.create({ ...ask, tools });
    const call = first.content.find((block) => block.type === 'tool_use');
    const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: 'Sunny' }] };
    const second = await client.messages.create({ ...ask, tools, messages: [...ask.messages, { role: 'assistant', content: first.content }, result] });
    return { tool: call.name, place: call.input.place, text: second.content[0].text, stop: second.stop_reason };
  },
  async refused() {
    try {
      await client.messages.create(ask);
      return { error: null };
    } catch (error) {
      return { error: error.constructor.name, status: error.status, type: error.type, message: error.message, requestId: error.requestID };
    }
  },
};

console.log(JSON.stringify({ ...(await cases[what]()), requests }));
