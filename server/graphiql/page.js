// Opens GraphiQL on this server with a tab for each example, the first question in front.
const examples = await fetch('/graphiql/examples.json').then((answer) => answer.json());

ReactDOM.createRoot(document.getElementById('graphiql')).render(
  React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({ url: '/graphql', subscriptionUrl: `${location.origin.replace(/^http/, 'ws')}/graphql` }),
    defaultTabs: examples.map((query) => ({ query })),
  }),
);
