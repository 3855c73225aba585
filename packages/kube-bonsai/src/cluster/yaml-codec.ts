import type { YamlCodec } from '@kube-bonsai/apiserver'

/** YAML for the server's bodies; its library loads with the first of them. */
export const yamlCodec: YamlCodec = {
  async parse(text, repeated) {
    const { parseDocument, readDocuments } = await import('@kube-bonsai/kyaml')
    const [document] = readDocuments(text, { strict: true })
    const errors = document?.errors ?? []
    for (const { code, goMessage } of errors) {
      if (code !== 'duplicate-key') throw new Error(`yaml: ${goMessage}`)
      repeated?.(goMessage)
    }
    // Who is strict keeps the first of two.
    if (errors.length > 0) return parseDocument(text)
    return document?.empty === false ? document.value : undefined
  },
  async encode(value) {
    const { encodeYaml } = await import('@kube-bonsai/kyaml')
    return encodeYaml(value)
  },
}
