// Asks a server an operation through the clients graphql-ws and graphql-sse and prints, for each, all
// that it was given, as JSON: node subscribe.js http://127.0.0.1:8080/graphql 'subscription { … }'
import { createClient as createSocketClient } from 'graphql-ws';
import { createClient as createEventClient } from 'graphql-sse';
import { WebSocket } from 'ws';

const [url, query] = process.argv.slice(2);

/** Everything that a client is given, in turn; what it throws comes last. */
async function all(client) {
  const given = [];
  try {
    for await (const result of client.iterate({ query })) given.push(result);
  } catch (problem) {
    given.push({ thrown: problem });
  }
  await client.dispose();
  return given;
}

console.log(
  JSON.stringify({
    ws: await all(createSocketClient({ url: url.replace(/^http/, 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 })),
    sse: await all(createEventClient({ url, retryAttempts: 0 })),
  }),
);
