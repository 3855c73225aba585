import { readFile } from 'node:fs/promises'
import type { AuthenticationOptions, ServiceAccountOptions, User } from '@kube-bonsai/apiserver'
import { parseDurationMs } from '@kube-bonsai/clock'
import { type Command, InvalidArgumentError } from 'commander'
import { CliError } from './cli-error.ts'
import { parseList } from './flags.ts'

/** What the flags about who may ask say. */
export interface IdentityFlags {
  readonly tokenAuthFile?: string
  readonly anonymousAuth?: boolean
  readonly serviceAccountIssuer?: readonly string[]
  readonly apiAudiences?: readonly string[]
  readonly serviceAccountSigningKeyFile?: string
  readonly serviceAccountKeyFile?: readonly string[]
  readonly serviceAccountMaxTokenExpiration?: number
  readonly serviceAccountExtendTokenExpiration?: boolean
}

/** Adds the flags, as kube-apiserver spells them. */
export function addIdentityFlags(command: Command): Command {
  return command
    .option('--token-auth-file <file>', 'who may ask: lines of TOKEN,USER,UID,"GROUP1,GROUP2"')
    .option('--anonymous-auth <bool>', 'whether requests without a token are those of system:anonymous', parseBool)
    .option(
      '--service-account-issuer <url>',
      'issuer of service account tokens; repeat to take those of others',
      repeat,
    )
    .option(
      '--api-audiences <names>',
      'for whom tokens are meant that this server takes; the issuers by default',
      parseList,
    )
    .option(
      '--service-account-signing-key-file <file>',
      'private key that signs service account tokens; new by default',
    )
    .option(
      '--service-account-key-file <file>',
      'keys that check service account tokens, beside the signing one',
      repeat,
    )
    .option('--service-account-max-token-expiration <duration>', 'longest life of a token, such as 24h', parseSeconds)
    .option('--service-account-extend-token-expiration <bool>', 'let tokens in pods live for a year', parseBool)
    .option('--client-ca-file <file>', 'unsupported: client certificates are not modelled', refuseClientCertificates)
}

/** What the flags say about people. Rejects with a CliError for a token file that cannot be read. */
export async function authenticationOf(
  { tokenAuthFile, anonymousAuth = true }: IdentityFlags,
  more: readonly (readonly [string, User])[],
): Promise<AuthenticationOptions> {
  const { parseTokenFile } = await import('@kube-bonsai/apiserver')
  const users = tokenAuthFile ? await read('--token-auth-file', tokenAuthFile, parseTokenFile) : []
  return { tokens: new Map([...users, ...more]), anonymous: anonymousAuth }
}

/** What they say about service accounts. Rejects with a CliError for a key that cannot be read. */
export async function serviceAccountsOf(flags: IdentityFlags): Promise<ServiceAccountOptions> {
  const { newServiceAccountKeys, readSigningKeys, readVerificationKeys } = await import('../server/index.ts')
  const { serviceAccountIssuer, apiAudiences, serviceAccountKeyFile = [], serviceAccountMaxTokenExpiration } = flags
  const file = flags.serviceAccountSigningKeyFile
  const verification = serviceAccountKeyFile.map((path) =>
    read('--service-account-key-file', path, readVerificationKeys),
  )
  return {
    ...(serviceAccountIssuer && { issuers: serviceAccountIssuer }),
    ...(apiAudiences && { audiences: apiAudiences }),
    ...(serviceAccountMaxTokenExpiration && { maxExpirationSeconds: serviceAccountMaxTokenExpiration }),
    extendExpiration: flags.serviceAccountExtendTokenExpiration ?? true,
    signingKey: file ? await read('--service-account-signing-key-file', file, readSigningKeys) : newServiceAccountKeys,
    verificationKeys: (await Promise.all(verification)).flat(),
  }
}

async function read<T>(flag: string, path: string, parse: (text: string) => T | Promise<T>): Promise<T> {
  try {
    return await parse(await readFile(path, 'utf8'))
  } catch (error) {
    throw new CliError(`${flag} ${path}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function parseBool(text: string): boolean {
  if (['true', '1', 't', 'T', 'TRUE', 'True'].includes(text)) return true
  if (['false', '0', 'f', 'F', 'FALSE', 'False'].includes(text)) return false
  throw new InvalidArgumentError('Give true or false.')
}

function repeat(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text]
}

function parseSeconds(text: string): number {
  try {
    return parseDurationMs(text) / 1000
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error))
  }
}

function refuseClientCertificates(): never {
  throw new InvalidArgumentError(
    'unsupported: client certificates are not modelled; give people tokens (--token-auth-file).',
  )
}
