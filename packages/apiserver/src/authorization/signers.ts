import type { RequestContext } from '../context.ts'

/** Whether somebody may `approve`, `sign` or `attest` for a signer: by its name, or for all of its domain. @see pkg/certauthorization */
export async function maySign({ server, user }: RequestContext, verb: string, signer: string): Promise<boolean> {
  for (const name of [signer, `${signer.split('/')[0]}/*`]) {
    const { decision } = await server.authorizer.authorize({
      kind: 'resource',
      user,
      verb,
      group: 'certificates.k8s.io',
      version: '*',
      resource: 'signers',
      subresource: '',
      namespace: '',
      name,
    })
    if (decision === 'allow') return true
  }
  return false
}
