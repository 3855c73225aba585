import type { ApiResponse } from '@kube-bonsai/apimachinery'
import { text } from '../discovery/page.ts'
import { refusal } from '../request/refusal.ts'
import type { FlowAdmission } from './flow-control.ts'

/** Answers a request that has a place, or refuses one that got none; either way its answer says how it was classified. */
export async function inTurn(
  place: FlowAdmission | undefined,
  answer: () => Promise<ApiResponse>,
): Promise<ApiResponse> {
  if (place === undefined) return answer()
  if (!place.admitted) return tooManyRequests(place.headers)
  try {
    const response = await answer().catch(refusal)
    return { ...response, headers: { ...response.headers, ...place.headers } }
  } finally {
    place.release()
  }
}

function tooManyRequests(headers: Readonly<Record<string, string>>): ApiResponse {
  const refusal = { 'x-content-type-options': 'nosniff', 'retry-after': '1' }
  return text('Too many requests, please try again later.\n', undefined, { ...headers, ...refusal }, 429)
}
