import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AggregatedDiscovery, ApiResourceList } from './discovery.ts'
import type { OpenApiSchema, OpenApiV3, Swagger } from './openapi.ts'

/** Where the maintainer keeps the documents of a server: files, or URLs for the swagger. */
export interface InputPlaces {
  readonly swagger: string
  readonly openApiV3: string
  readonly discovery: string
}

/** The documents, read and checked against their recorded digests. */
export interface Inputs {
  readonly definitions: Readonly<Record<string, OpenApiSchema>>
  readonly v3: Readonly<Record<string, OpenApiSchema>>
  readonly resources: readonly ApiResourceList[]
  readonly aggregated: AggregatedDiscovery
  readonly digests: Digests
}

/** What `inputs.json` records: SHA-256 of the swagger and of each folder's files, names and contents. */
export interface Digests {
  readonly swagger: string
  readonly openApiV3: string
  readonly discovery: string
}

const pinPath = fileURLToPath(new URL('../inputs.json', import.meta.url))

/** Reads what is recorded; undefined where nothing is yet. */
export function pinnedDigests(): Digests | undefined {
  return existsSync(pinPath) ? JSON.parse(readFileSync(pinPath, 'utf8')) : undefined
}

/** Reads the documents. Throws if they are not the recorded ones, unless `pin` asks to record these. */
export async function readInputs(places: InputPlaces, pin: boolean): Promise<Inputs> {
  const swaggerText = await readText(places.swagger)
  const v3Files = readFolder(places.openApiV3)
  const discoveryFiles = readFolder(places.discovery)
  const digests: Digests = {
    swagger: sha256(swaggerText),
    openApiV3: folderDigest(v3Files),
    discovery: folderDigest(discoveryFiles),
  }
  const pinned = pinnedDigests()
  if (pin || pinned === undefined) writeFileSync(pinPath, `${JSON.stringify(digests, null, 2)}\n`)
  else
    for (const key of ['swagger', 'openApiV3', 'discovery'] as const)
      if (pinned[key] !== digests[key])
        throw new Error(
          `${key}: sha256 is ${digests[key]}, inputs.json records ${pinned[key]}; --pin records the new one`,
        )

  const swagger: Swagger = JSON.parse(swaggerText)
  const v3: Record<string, OpenApiSchema> = {}
  for (const text of v3Files.values()) {
    const document: OpenApiV3 = JSON.parse(text)
    Object.assign(v3, document.components?.schemas)
  }
  const resources: ApiResourceList[] = []
  for (const [name, text] of discoveryFiles) {
    const document = JSON.parse(text)
    if (document.kind === 'APIResourceList') resources.push(document)
    else if (name === 'api__v1.json') throw new Error(`${name} is not an APIResourceList`)
  }
  const aggregated = discoveryFiles.get('aggregated_v2.json')
  if (aggregated === undefined) throw new Error(`${places.discovery} has no aggregated_v2.json`)
  return { definitions: swagger.definitions, v3, resources, aggregated: JSON.parse(aggregated), digests }
}

async function readText(place: string): Promise<string> {
  if (!/^https?:/.test(place)) return readFileSync(place, 'utf8')
  const response = await fetch(place)
  if (!response.ok) throw new Error(`${place} answered ${response.status}`)
  return response.text()
}

function readFolder(folder: string): ReadonlyMap<string, string> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'))
  return new Map(names.sort().map((name) => [name, readFileSync(join(folder, name), 'utf8')]))
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

function folderDigest(files: ReadonlyMap<string, string>): string {
  return sha256([...files].map(([name, text]) => `${sha256(text)}  ${name}\n`).join(''))
}
