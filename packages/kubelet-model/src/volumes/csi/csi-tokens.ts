import type { Pod } from '@kube-bonsai/api-types/core/v1'
import type { CSIDriver } from '@kube-bonsai/api-types/storage/v1'
import type { Clock } from '@kube-bonsai/clock'
import type { KubeletApi } from '../../node/kubelet-api.ts'
import { apiTime } from '../../time.ts'
import { PodToken } from '../payload/service-account-token.ts'

/** The key under which drivers find the tokens that they ask for. */
export const tokensKey = 'csi.storage.k8s.io/serviceAccount.tokens'

const hour = 3600

/** The tokens of a pod's service account that one volume's driver asks for: kept, and exchanged when they grow old. */
export class CsiTokens {
  readonly #pod: Pod
  readonly #sources: { readonly api: KubeletApi; readonly clock: Clock }
  readonly #tokens: Map<string, PodToken> = new Map()

  constructor(pod: Pod, sources: { readonly api: KubeletApi; readonly clock: Clock }) {
    this.#pod = pod
    this.#sources = sources
  }

  /**
   * What is handed to the driver, as an entry of a map; empty where it asks for no token. Rejects with a MountError.
   * @see https://github.com/kubernetes/kubernetes/blob/v1.35.4/pkg/volume/csi/csi_mounter.go podServiceAccountTokenAttrs
   */
  async entry(driver: CSIDriver | undefined): Promise<Readonly<Record<string, string>>> {
    const requests = driver?.spec.tokenRequests ?? []
    if (requests.length === 0) return {}
    const answers = new Map<string, object>()
    for (const { audience = '', expirationSeconds = hour } of requests) {
      const token = this.#token(audience, expirationSeconds)
      await token.fill()
      const { issued } = token
      answers.set(audience, { token: issued?.token ?? '', expirationTimestamp: apiTime(issued?.expiresAt ?? 0) })
    }
    const sorted = [...answers].sort(([left], [right]) => (left < right ? -1 : 1))
    const members = sorted.map(([audience, answer]) => `${JSON.stringify(audience)}:${JSON.stringify(answer)}`)
    return { [tokensKey]: `{${members.join(',')}}` }
  }

  drop(): void {
    for (const token of this.#tokens.values()) token.drop()
  }

  #token(audience: string, expirationSeconds: number): PodToken {
    const key = `${expirationSeconds} ${audience}`
    const { api, clock } = this.#sources
    const request = { path: '', audience, expirationSeconds }
    // The next publication takes a new one by itself.
    const known = this.#tokens.get(key) ?? new PodToken(request, { pod: this.#pod, api, clock, outdated: () => {} })
    this.#tokens.set(key, known)
    return known
  }
}
