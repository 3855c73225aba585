import { Cluster } from 'kube-bonsai'
import { listen } from 'kube-bonsai/server'
import type { Server } from '../src/http/play.ts'
import { Sender } from '../src/http/send.ts'

/** A server as the real one is that answers were recorded from, and what closes it. */
export interface RecordedServer extends Server {
  readonly close: () => Promise<void>
}

/** Starts a control plane with the people, plugins and addresses of `tools/oracle/requests/real-server.mjs`. */
export async function startAsRecorded(featureGates: Readonly<Record<string, boolean>> = {}): Promise<RecordedServer> {
  const cluster = await Cluster.create({
    clock: 'system',
    controlPlaneOnly: true,
    controllers: false,
    serviceClusterIPRange: '10.0.0.0/16',
    admissionPlugins: { enable: ['NodeRestriction'] },
    authentication: {
      tokens: new Map([
        ['admin', { name: 'admin', uid: 'uid-admin', groups: ['system:masters'] }],
        ['user', { name: 'plain-user', uid: 'uid-user', groups: ['plain-group'] }],
      ]),
    },
    featureGates,
  })
  const running = await listen(cluster, { http: true, guarded: false })
  const sender = new Sender(running.url, { insecure: false })
  const tokens = new Map([
    ['admin', 'admin'],
    ['user', 'user'],
  ])
  const close = async () => {
    sender.close()
    await running.close()
    cluster.close()
  }
  return { url: running.url, sender, tokens, close }
}
