// A registry on loopback that serves packed packages, so that npm can install them as from the real one, without a network.
import { createReadStream } from 'node:fs'
import { createServer } from 'node:http'

/** Serves `packages`: a list of { manifest, tarball }. Resolves with the address and the way to stop it. */
export async function serveRegistry(packages) {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://registry').pathname).slice(1)
    const tarball = /^-\/(\d+)\.tgz$/.exec(path)
    if (tarball) {
      response.writeHead(200, { 'content-type': 'application/octet-stream' })
      createReadStream(packages[Number(tarball[1])].tarball).pipe(response)
      return
    }
    const versions = {}
    packages.forEach(({ manifest }, index) => {
      if (manifest.name !== path) return
      versions[manifest.version] = { ...manifest, dist: { tarball: `${address}/-/${index}.tgz` } }
    })
    const newest = Object.keys(versions).at(-1)
    response.writeHead(newest ? 200 : 404, { 'content-type': 'application/json' })
    response.end(JSON.stringify(newest ? { name: path, 'dist-tags': { latest: newest }, versions } : {}))
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = `http://127.0.0.1:${server.address().port}`
  return { address, close: () => new Promise((resolve) => server.close(resolve)) }
}
