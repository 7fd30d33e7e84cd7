// Opens GraphiQL on this server with the first question in its tab.
const question = await fetch('/graphiql/question.graphql').then((answer) => answer.text());

ReactDOM.createRoot(document.getElementById('graphiql')).render(
  React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({ url: '/graphql' }),
    defaultQuery: question,
  }),
);
