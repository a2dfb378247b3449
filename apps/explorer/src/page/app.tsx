import { useEffect, useReducer, useState } from 'preact/hooks'
import { compareNodes } from '../model/compare.ts'
import { explainFinality } from '../model/explainFinality.ts'
import { type Choice, readAddress, VIEWS, type View, writeAddress } from './address.ts'
import { ChainView } from './chainView.tsx'
import { DutiesView } from './dutiesView.tsx'
import { FinalityBanner, FinalityView } from './finalityView.tsx'
import { Header } from './header.tsx'
import { MailboxesView } from './mailboxesView.tsx'
import { NodesView } from './nodesView.tsx'
import { Overview } from './overview.tsx'
import { PeersView } from './peersView.tsx'
import type { Source } from './source.ts'
import { TimeBar } from './timeBar.tsx'
import { ValidatorsView } from './validatorsView.tsx'

const LABELS: Readonly<Record<View, string>> = {
  chain: 'Chain',
  finality: 'Finality',
  validators: 'Validators',
  peers: 'Peers',
  mailboxes: 'Mailboxes',
  duties: 'Duties',
  nodes: 'Nodes',
}

export function App({ source }: { source: Source }) {
  const [, redraw] = useReducer((drawn: number) => drawn + 1, 0)
  const [choice, setChoice] = useChoice(source)
  useEffect(() => source.subscribe(() => redraw(undefined)), [source])

  const node = Math.min(choice.node, source.nodes.length - 1)
  const model = source.modelOf(node)
  const explanation = explainFinality(model)
  const choose = (change: Partial<Choice>) => setChoice({ ...choice, ...change })
  const chooseSlot = (slot: number | undefined) => choose({ slot })
  return (
    <div class={source.time === undefined ? 'page' : 'page has-time'}>
      <a class="skip" href="#content">
        Skip to content
      </a>
      <Header source={source} model={model} node={node} onNode={(chosen) => choose({ node: chosen })} />
      <nav aria-label="Views">
        <ul>
          {VIEWS.map((view) => (
            <li key={view}>
              <a
                href={writeAddress({ ...choice, view }, model.setup.ticksPerSlot)}
                aria-current={view === choice.view ? 'page' : undefined}
              >
                {LABELS[view]}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <main id="content">
        <Overview model={model} />
        {choice.view !== 'finality' && (
          <FinalityBanner explanation={explanation} isShort={choice.view !== 'chain'} />
        )}
        {choice.view === 'chain' && <ChainView model={model} slot={choice.slot} onSlot={chooseSlot} />}
        {choice.view === 'finality' && <FinalityView model={model} explanation={explanation} />}
        {choice.view === 'validators' && <ValidatorsView model={model} />}
        {choice.view === 'peers' && <PeersView model={model} />}
        {choice.view === 'mailboxes' && <MailboxesView model={model} />}
        {choice.view === 'duties' && <DutiesView model={model} />}
        {choice.view === 'nodes' && (
          <NodesView
            source={source}
            standings={compareNodes(source.standings())}
            ticksPerSlot={model.setup.ticksPerSlot}
            node={node}
            onNode={(chosen) => choose({ node: chosen })}
          />
        )}
      </main>
      {source.time !== undefined && (
        <TimeBar
          time={source.time}
          node={node}
          onNode={(step) => choose({ node: (node + step + source.nodes.length) % source.nodes.length })}
        />
      )}
    </div>
  )
}

/** The reader's choice, kept in the address both ways; a recording's moment is part of it. */
function useChoice(source: Source): [Choice, (choice: Choice) => void] {
  const ticksPerSlot = source.time?.ticksPerSlot ?? 4
  const [choice, setChoice] = useState(() => readAddress(location.hash, ticksPerSlot))
  useEffect(() => {
    const follow = () => {
      const read = readAddress(location.hash, ticksPerSlot)
      if (read.tick !== undefined) source.time?.goTo(read.tick)
      setChoice(read)
    }
    follow()
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [source, ticksPerSlot])
  useEffect(
    () =>
      source.subscribe(() => {
        if (source.time === undefined) return
        const read = readAddress(location.hash, ticksPerSlot)
        const now = { ...read, tick: source.time.tick }
        history.replaceState(null, '', writeAddress(now, ticksPerSlot))
        setChoice(now)
      }),
    [source, ticksPerSlot],
  )
  return [
    choice,
    (next) => {
      history.replaceState(null, '', writeAddress(next, ticksPerSlot))
      setChoice(next)
    },
  ]
}
