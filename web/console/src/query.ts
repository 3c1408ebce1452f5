import { QueryClient } from '@tanstack/vue-query'
import { ApiError } from '@/api'

// A refusal does not get better by asking again; a lost link may.
const passing = (error: unknown) => error instanceof ApiError && (error.status === 0 || error.status === 503)

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      gcTime: 5 * 60_000,
      refetchOnWindowFocus: true,
      retry: (times, error) => times < 2 && passing(error),
      retryDelay: (times) => 800 * 2 ** times,
    },
    mutations: { retry: false },
  },
})
