import { type ApiResponse, formatTime, instantOfMillis, StatusError, type Transport } from '@kube-bonsai/apimachinery'
import type { Clock } from '@kube-bonsai/clock'
import type { AddressRange } from './address-range.ts'

const path = '/apis/networking.k8s.io/v1/servicecidrs'
const manager = 'kubernetes-service-cidr-controller'
const headers = { 'user-agent': 'kube-apiserver' }

/**
 * Makes the ServiceCIDR `kubernetes` of the server's own ranges, and says that it is ready. One that is there stays.
 * @see pkg/controlplane/controller/defaultservicecidr
 */
export async function bootstrapServiceCIDR(
  transport: Transport,
  ranges: readonly AddressRange[],
  clock: Clock,
): Promise<void> {
  const cidrs = ranges.map(({ text }) => text)
  const object = { apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata: { name: 'kubernetes' } }
  const created = await transport.request({ method: 'POST', path, headers, body: { ...object, spec: { cidrs } } })
  if (created.status === 409) return
  check(created)
  const condition = {
    type: 'Ready',
    status: 'True',
    reason: '',
    message: 'Kubernetes default Service CIDR is ready',
    lastTransitionTime: formatTime(instantOfMillis(clock.now())),
  }
  const applied = await transport.request({
    method: 'PATCH',
    path: `${path}/kubernetes/status`,
    query: { fieldManager: manager, force: 'true' },
    headers: { ...headers, 'content-type': 'application/apply-patch+yaml' },
    body: { ...object, status: { conditions: [condition] } },
  })
  check(applied)
}

function check(response: ApiResponse): void {
  if (response.status >= 300) throw StatusError.from(response.body)
}
