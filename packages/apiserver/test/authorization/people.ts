import type { ApiRequest } from '@kube-bonsai/apimachinery'
import type { ApiServer, ApiServerOptions, User } from '../../src/index.ts'
import { type Answer, type Body, start as startServer } from '../admission/server.ts'

export const jane: User = { name: 'jane', groups: ['dev', 'system:authenticated'] }
export const kubelet: User = { name: 'system:node:n1', groups: ['system:nodes', 'system:authenticated'] }

export const rbac = '/apis/rbac.authorization.k8s.io/v1'
export const roles = `${rbac}/namespaces/default/roles`
export const bindings = `${rbac}/namespaces/default/rolebindings`

/** A server, asked by an admin with `ask`, and by others with `as`. */
export async function start(options: Partial<ApiServerOptions> = {}) {
  const { ask, server } = await startServer(options)
  return { ask, server, as: (user: User) => askAs(server, user) }
}

function askAs(server: ApiServer, user: User) {
  const transport = server.transportAs(user)
  return async (
    method: ApiRequest['method'],
    path: string,
    body?: unknown,
    more: Partial<ApiRequest> = {},
  ): Promise<Answer> => {
    const response = await transport.request({ method, path, body, ...more })
    const answer = response.body as Body
    return { status: response.status, message: answer.message ?? '', warning: '', body: answer }
  }
}

export const rule = (verbs: string, groups: string, resources: string, names?: string) => ({
  verbs: verbs.split(','),
  apiGroups: groups.split(','),
  resources: resources.split(','),
  ...(names !== undefined && { resourceNames: names.split(',') }),
})

export const role = (name: string, ...rules: readonly object[]) => ({ metadata: { name }, rules })

export const binding = (name: string, kind: string, of: string, ...subjects: readonly object[]) => ({
  metadata: { name },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: of },
  subjects: subjects.length > 0 ? subjects : [user('jane')],
})

export const user = (name: string) => ({ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name })
export const group = (name: string) => ({ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name })
