/** The page that shows a running cluster: nodes with their pods, workloads, and what happened last. No script of others. */
export const page: string = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Bonsai</title>
<style>
  :root { color-scheme: light dark; --line: #8884; --good: #2e9e5b; --busy: #d59b16; --bad: #d5453b; --done: #7a8aa0 }
  body { font: 15px/1.45 system-ui, sans-serif; margin: 0; padding: 1.2rem 1.6rem; max-width: 80rem }
  h1 { font-size: 1.25rem; margin: 0 } h2 { font-size: 1rem; margin: 1.6rem 0 .5rem }
  header { display: flex; gap: 1rem; align-items: baseline; flex-wrap: wrap }
  header span, td.dim, .dim { opacity: .65 }
  .nodes { display: grid; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); gap: .8rem }
  .node { border: 1px solid var(--line); border-radius: .6rem; padding: .7rem .8rem }
  .node b { display: block; margin-bottom: .4rem }
  .pods { display: flex; flex-wrap: wrap; gap: .3rem }
  .pod { border-radius: .35rem; padding: .05rem .45rem; font-size: .8rem; color: #fff; background: var(--busy);
    max-width: 100%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
  .good { background: var(--good) } .bad { background: var(--bad) } .done { background: var(--done) }
  table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: .2rem .8rem .2rem 0; vertical-align: top }
  th { font-weight: 600; border-bottom: 1px solid var(--line) } .Warning { color: var(--bad) }
</style>
<header><h1>Bonsai</h1><span id="about">connecting …</span></header>
<h2>Nodes</h2><div class="nodes" id="nodes"></div>
<h2>Workloads</h2><table><thead><tr><th>Namespace</th><th>Kind</th><th>Name</th><th>Ready</th></tr></thead><tbody id="workloads"></tbody></table>
<h2>Events</h2><table><thead><tr><th>Type</th><th>Reason</th><th>Object</th><th>Message</th></tr></thead><tbody id="events"></tbody></table>
<script>
  const el = (tag, text, name) => { const e = document.createElement(tag); if (text !== undefined) e.textContent = text; if (name) e.className = name; return e }
  const row = (...cells) => { const r = el('tr'); for (const [text, name] of cells) r.append(el('td', text, name)); return r }
  const fill = (id, items) => document.getElementById(id).replaceChildren(...items)
  function draw(c) {
    document.getElementById('about').textContent = c.version + ' · ' + c.nodes.length + ' nodes · ' + c.pods.length + ' pods · revision ' + c.revision
    const card = (title, pods) => { const n = el('div', undefined, 'node'); n.append(el('b', title)); const list = el('div', undefined, 'pods')
      for (const p of pods) { const chip = el('span', p.name, 'pod ' + p.tone); chip.title = p.namespace + '/' + p.name + ': ' + p.status; list.append(chip) } n.append(list); return n }
    const waiting = c.pods.filter(p => !p.node)
    fill('nodes', [...c.nodes.map(n => card(n.name + (n.ready ? '' : ' (not ready)'), c.pods.filter(p => p.node === n.name))), ...(waiting.length ? [card('not scheduled', waiting)] : [])])
    fill('workloads', c.workloads.map(w => row([w.namespace, 'dim'], [w.kind], [w.name], [w.ready])))
    fill('events', c.events.map(e => row([e.type, e.type], [e.reason], [e.object, 'dim'], [e.message])))
  }
  const source = new EventSource('/state')
  source.onmessage = (m) => draw(JSON.parse(m.data))
  source.onerror = () => { document.getElementById('about').textContent = 'the cluster is gone' }
</script>
</html>
`
