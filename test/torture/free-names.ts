/** A node of the syntax tree (ESTree), as loosely as a walk over all of them needs it. */
interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

interface Scope {
  readonly names: ReadonlySet<string>;
  readonly outer: Scope | undefined;
}

/** Names that a module uses and does not declare, by the scoping rules of the language: what it takes from its host. */
export function freeNames(program: unknown): readonly string[] {
  const free = new Set<string>();
  if (isNode(program)) visit(program, undefined, free);
  return [...free].sort();
}

function visit(node: Node, scope: Scope | undefined, free: Set<string>): void {
  const into = (children: unknown, inner: Scope | undefined = scope) => {
    for (const child of [children].flat()) if (isNode(child)) visit(child, inner, free);
  };
  switch (node.type) {
    case 'Identifier':
      if (!isDeclared(String(node.name), scope)) free.add(String(node.name));
      return;
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'BreakStatement':
    case 'ContinueStatement':
    case 'MetaProperty':
      return;
    case 'ExportNamedDeclaration':
      into(node.declaration);
      if (node.source === null) for (const { local } of node.specifiers as Node[]) into(local);
      return;
    case 'LabeledStatement':
      into(node.body);
      return;
    case 'MemberExpression':
      into(node.object);
      if (node.computed === true) into(node.property);
      return;
    case 'Property':
    case 'MethodDefinition':
    case 'PropertyDefinition':
    case 'AccessorProperty':
      if (node.computed === true) into(node.key);
      into(node.value);
      return;
  }
  const inner = { names: new Set(declaredBy(node)), outer: scope };
  for (const [field, child] of Object.entries(node)) {
    // A class or a function may name itself inside; as a declaration its name is found in the block around it.
    if (field !== 'type' && !(field === 'id' && /^(Function|Class)/.test(node.type))) into(child, inner);
  }
}

/** The names that are visible from this node inwards, because of this node. */
function declaredBy(node: Node): readonly string[] {
  switch (node.type) {
    case 'Program':
    case 'BlockStatement':
    case 'StaticBlock':
      return (node.body as Node[]).flatMap(declaredByStatement);
    case 'SwitchStatement':
      return (node.cases as Node[]).flatMap(({ consequent }) => (consequent as Node[]).flatMap(declaredByStatement));
    case 'ForStatement':
      return isNode(node.init) ? declaredByStatement(node.init) : [];
    case 'ForInStatement':
    case 'ForOfStatement':
      return isNode(node.left) ? declaredByStatement(node.left) : [];
    case 'CatchClause':
      return bound(node.param);
    case 'ArrowFunctionExpression':
      return (node.params as unknown[]).flatMap(bound);
    case 'FunctionDeclaration':
    case 'FunctionExpression':
      return ['arguments', ...bound(node.id), ...(node.params as unknown[]).flatMap(bound)];
    case 'ClassDeclaration':
    case 'ClassExpression':
      return bound(node.id);
    default:
      return [];
  }
}

function declaredByStatement(statement: Node): readonly string[] {
  switch (statement.type) {
    case 'VariableDeclaration':
      return (statement.declarations as Node[]).flatMap(({ id }) => bound(id));
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
      return bound(statement.id);
    case 'ImportDeclaration':
      return (statement.specifiers as Node[]).flatMap(({ local }) => bound(local));
    case 'ExportNamedDeclaration':
    case 'ExportDefaultDeclaration':
      return isNode(statement.declaration) ? declaredByStatement(statement.declaration) : [];
    default:
      return [];
  }
}

/** The names that a pattern binds. */
function bound(pattern: unknown): readonly string[] {
  if (!isNode(pattern)) return [];
  switch (pattern.type) {
    case 'Identifier':
      return [String(pattern.name)];
    case 'ObjectPattern':
      return (pattern.properties as Node[]).flatMap(({ value, argument }) => bound(value ?? argument));
    case 'ArrayPattern':
      return (pattern.elements as unknown[]).flatMap(bound);
    case 'AssignmentPattern':
      return bound(pattern.left);
    case 'RestElement':
      return bound(pattern.argument);
    default:
      return [];
  }
}

function isDeclared(name: string, scope: Scope | undefined): boolean {
  for (let at = scope; at !== undefined; at = at.outer) if (at.names.has(name)) return true;
  return false;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}
