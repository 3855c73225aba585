// The server over HTTPS, in a process of its own: prints where it is, stops when its standard input ends.
import { Cluster } from 'kube-bonsai'
import { listen } from 'kube-bonsai/server'

const cluster = await Cluster.create({ clock: 'system', nodes: 0, controllers: false, controlPlaneOnly: true })
const { url, token, close } = await listen(cluster, { page: false })
process.stdout.write(`${JSON.stringify({ url, token })}\n`)
process.stdin.on('end', async () => {
  await close()
  cluster.close()
})
process.stdin.resume()
