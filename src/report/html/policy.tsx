/** The gateway's rules as a tree, each with its source. */
import type { PolicyNode, PolicyTree } from '../shape.ts';
import { SourceTag } from './icons.tsx';

/** The card beside a scenario's brief. */
export function Policy({ tree }: { readonly tree: PolicyTree }) {
  return (
    <div class="policy">
      <p>Limits in this model, and where each comes from</p>
      <p class="about">
        {tree.title}. {tree.description}
      </p>
      <div class="tree">
        <div class="node">
          <b>Gateway</b>
        </div>
        <Nodes nodes={tree.nodes} />
      </div>
    </div>
  );
}

function Nodes({ nodes }: { readonly nodes: readonly PolicyNode[] }) {
  return (
    <ul>
      {nodes.map((node) => (
        <li>
          <div class="node">
            <span>
              <b>{node.name}</b> {node.binds && <span class="binds">binds</span>}
              {node.details.map((detail) => (
                <span class="d">{detail}</span>
              ))}
            </span>
            <SourceTag source={node.source} />
          </div>
          {node.children.length > 0 && <Nodes nodes={node.children} />}
        </li>
      ))}
    </ul>
  );
}
