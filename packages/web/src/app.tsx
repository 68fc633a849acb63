import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { ApiError, isSignedOut } from "./api.ts";
import { useFocusKept } from "./components/focus.ts";
import { Layout } from "./components/layout.tsx";
import { Toasts } from "./components/toast.tsx";
import { LiveEvents } from "./events.tsx";
import { Pages, useLoadAhead } from "./routes.tsx";
import { SessionGate } from "./session.tsx";

const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    // The session may have ended elsewhere: then the way in is shown.
    onError: (error, { queryKey: [about] }) => {
      if (about === "session" || !isSignedOut(error)) return;
      void queries.invalidateQueries({ queryKey: ["session"] });
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // What the server refuses, it refuses again.
      retry: (count, error) => !(error instanceof ApiError) && count < 2,
    },
  },
});

export function App() {
  useLoadAhead();
  useFocusKept();
  return (
    <QueryClientProvider client={queries}>
      <Toasts>
        <SessionGate>
          <LiveEvents />
          <Layout>
            <Pages />
          </Layout>
        </SessionGate>
      </Toasts>
    </QueryClientProvider>
  );
}
