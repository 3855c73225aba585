import { readFile } from 'node:fs/promises'
import { CliError } from './cli-error.ts'

/** The only document of a YAML or JSON file. Throws CliError that names the flag. */
export async function readConfigFile(flag: string, file: string): Promise<unknown> {
  const { readDocuments } = await import('@kube-bonsai/kyaml')
  const advice = 'Give a file that holds one KubeSchedulerConfiguration, as YAML or JSON.'
  const refuse = (why: string) => new CliError(`${flag} ${file}: ${why}`, { advice, usage: true })
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error))
  }
  const documents = readDocuments(text, { strict: true, file })
  const broken = documents.flatMap(({ errors }) => errors)[0]
  if (broken !== undefined) throw refuse(broken.message)
  const values = documents.map(({ value }) => value).filter((value) => value !== null && value !== undefined)
  if (values.length !== 1) throw refuse(`one document is expected, there are ${values.length}`)
  return values[0]
}
