import type { ValidatingWebhook, ValidatingWebhookConfiguration } from '@kube-bonsai/api-types/admissionregistration/v1'
import { isAlreadyExists } from '@kube-bonsai/apimachinery'
import type { Client } from '@kube-bonsai/client'
import type { Program, ProgramContext } from '@kube-bonsai/kubelet-model'

/**
 * The program of the image kube-webhook-certgen, which installers run as jobs: `create` stores a certificate as a secret, `patch` writes
 * it into webhook configurations. The certificate is a labelled placeholder: nothing here opens a TLS connection with it.
 */
export function webhookCertgen(client: Client): Program {
  return {
    async run(context) {
      const [command = '', ...rest] = [...context.command, ...context.args]
      const flags = parseFlags(rest)
      if (command === 'create') return create(client, context, flags)
      if (command === 'patch') return patch(client, context, flags)
      context.log(`unknown command "${command}", use create or patch`)
      return 1
    },
  }
}

type Flags = ReadonlyMap<string, string>

async function create(client: Client, context: ProgramContext, flags: Flags): Promise<number> {
  const host = flags.get('host') ?? ''
  const pem = (kind: string) =>
    btoa(`-----BEGIN ${kind}-----\nsimulated by bonsai for ${host}\n-----END ${kind}-----\n`)
  const { namespace, name } = secretOf(context, flags)
  const data = { ca: pem('CERTIFICATE'), cert: pem('CERTIFICATE'), key: pem('PRIVATE KEY') }
  try {
    await client
      .secrets(namespace)
      .create({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, type: 'Opaque', data })
    context.log(`created secret ${namespace}/${name}`)
  } catch (error) {
    if (!isAlreadyExists(error)) throw error
    context.log(`secret ${namespace}/${name} exists`)
  }
  return 0
}

async function patch(client: Client, context: ProgramContext, flags: Flags): Promise<number> {
  const { namespace, name } = secretOf(context, flags)
  const secret = await client.secrets(namespace).get(name)
  const caBundle = secret.data?.ca ?? ''
  const failurePolicy = flags.get('patch-failure-policy')
  const fix = (webhook: ValidatingWebhook): ValidatingWebhook => ({
    ...webhook,
    ...(failurePolicy !== undefined && { failurePolicy }),
    clientConfig: { ...webhook.clientConfig, caBundle },
  })
  const webhook = flags.get('webhook-name') ?? ''
  if (flags.get('patch-validating') !== 'false') {
    const configurations = client.resource('admissionregistration.k8s.io/v1/validatingwebhookconfigurations')
    const found: ValidatingWebhookConfiguration = await configurations.get(webhook)
    await configurations.update({ ...found, webhooks: (found.webhooks ?? []).map(fix) })
  }
  if (flags.get('patch-mutating') !== 'false') {
    const configurations = client.resource('admissionregistration.k8s.io/v1/mutatingwebhookconfigurations')
    const found = await configurations.get(webhook)
    await configurations.update({
      ...found,
      webhooks: (found.webhooks ?? []).map((entry) => ({ ...entry, ...fix(entry) })),
    })
  }
  context.log(`patched the webhooks of ${webhook}`)
  return 0
}

function secretOf(context: ProgramContext, flags: Flags): { readonly namespace: string; readonly name: string } {
  return { namespace: flags.get('namespace') ?? context.pod.namespace, name: flags.get('secret-name') ?? '' }
}

/** `--name=value`, and `--name` for true. */
function parseFlags(words: readonly string[]): Flags {
  return new Map(
    words.flatMap((word): readonly [string, string][] => {
      const match = /^--([^=]+)(?:=(.*))?$/s.exec(word)
      return match?.[1] === undefined ? [] : [[match[1], match[2] ?? 'true']]
    }),
  )
}
