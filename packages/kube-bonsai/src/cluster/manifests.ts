import type { Manifest } from './apply.ts'

/** A document that cannot be read at all; the message names file, line and column. */
export class UnreadableManifestError extends Error {
  override readonly name = 'UnreadableManifestError'
}

/** The documents of some texts, empty ones left out. Throws UnreadableManifestError for the first that cannot be read. */
export async function readManifests(
  sources: readonly { readonly text: string; readonly file?: string }[],
): Promise<readonly Manifest[]> {
  const { readDocuments } = await import('@kube-bonsai/kyaml')
  return sources.flatMap(({ text, file }) =>
    readDocuments(text, { strict: true, ...(file !== undefined && { file }) }).flatMap((document) => {
      const [error] = document.errors
      if (error) throw new UnreadableManifestError(error.message, { cause: error })
      if (document.value === null || document.value === undefined) return []
      return [{ object: document.value, line: document.line, ...(file !== undefined && { file }) }]
    }),
  )
}
