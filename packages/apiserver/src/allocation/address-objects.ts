import { scheme } from '@kube-bonsai/api-types'
import { type KubeObject, StatusError } from '@kube-bonsai/apimachinery'
import { newRequestContext, type ServerContext, type Target, type User } from '../context.ts'
import { createObject } from '../registry/create.ts'
import { deleteObject } from '../registry/delete.ts'
import type { AddressHolder, AddressObjects } from './cluster-addresses.ts'

/** The IPAddress objects of a server, written as the server itself. @param server read when first needed */
export function addressObjects(server: () => ServerContext, user: User): AddressObjects {
  let target: Promise<Target> | undefined
  const find = (): Promise<Target> => {
    target ??= findTarget(server())
    return target
  }
  return {
    async create(address, family, holder) {
      const context = newRequestContext(server(), user, 'kube-apiserver')
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
        await deleteObject(newRequestContext(server(), user), await find(), '', address, {})
      } catch (error) {
        if (!(error instanceof StatusError) || error.status.reason !== 'NotFound') throw error
      }
    },
  }
}

async function findTarget(server: ServerContext): Promise<Target> {
  await scheme.load('networking.k8s.io', 'v1')
  const info = scheme.resources.find(
    ({ group, version, resource }) => group === 'networking.k8s.io' && version === 'v1' && resource === 'ipaddresses',
  )
  if (info === undefined) throw new Error('unsupported: networking.k8s.io/v1 ipaddresses')
  return { info, stored: server.catalog.stored(info), strategy: server.strategyFor(info) }
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
