// Asks a server the audits of GraphQL over HTTP and prints their results as JSON:
// node audit.js http://127.0.0.1:8080/graphql
import { serverAudits } from 'graphql-http';

const results = [];
for (const audit of serverAudits({ url: process.argv[2], fetchFn: fetch })) {
  const { id, name, status, reason } = await audit.fn();
  results.push({ id, name, status, reason });
}
console.log(JSON.stringify(results));
