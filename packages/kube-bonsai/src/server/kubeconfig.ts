/** Where a kubeconfig points, and as whom. */
export interface KubeconfigInput {
  readonly url: string
  readonly token: string
  /** PEM; absent for plain HTTP. */
  readonly ca?: string
  readonly name?: string
}

/** The text of a kubeconfig with one cluster, one user and one context, all of one name. JSON, which is YAML too. */
export function kubeconfig({ url, token, ca, name = 'bonsai' }: KubeconfigInput): string {
  const cluster = { server: url, ...(ca !== undefined && { 'certificate-authority-data': base64(ca) }) }
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  }
  return `${JSON.stringify(config, null, 2)}\n`
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
