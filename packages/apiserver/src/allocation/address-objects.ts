import { type KubeObject, StatusError } from '@kube-bonsai/apimachinery'
import { systemTarget, systemUser } from '../admission/system-objects.ts'
import { newRequestContext, type ServerContext, type Target } from '../context.ts'
import { createObject } from '../registry/create.ts'
import { deleteObject } from '../registry/delete.ts'
import type { AddressHolder, AddressObjects } from './cluster-addresses.ts'

/** The IPAddress objects of a server, written as the server itself. @param server read when first needed */
export function addressObjects(server: () => ServerContext): AddressObjects {
  const find = (): Promise<Target> => systemTarget(server(), 'networking.k8s.io', 'v1', 'ipaddresses')
  return {
    async create(address, family, holder) {
      const context = newRequestContext(server(), systemUser, 'kube-apiserver')
      try {
        await createObject(context, await find(), newAddress(address, family, holder), { namespace: '', dryRun: false })
        return true
      } catch (error) {
        if (error instanceof StatusError && error.status.reason === 'AlreadyExists') return false
        throw error
      }
    },
    async remove(address) {
      try {
        await deleteObject(newRequestContext(server(), systemUser), await find(), '', address, {})
      } catch (error) {
        if (!(error instanceof StatusError) || error.status.reason !== 'NotFound') throw error
      }
    },
  }
}

function newAddress(address: string, family: string, { namespace, name }: AddressHolder): KubeObject {
  const labels = {
    'ipaddress.kubernetes.io/ip-family': family,
    'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
  }
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IPAddress',
    metadata: { name: address, labels },
    spec: { parentRef: { resource: 'services', namespace, name } },
  } as KubeObject
}
