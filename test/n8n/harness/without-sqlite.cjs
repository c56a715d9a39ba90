// Preloaded into n8n: its agent nodes load SQLite as one database of many that an agent could talk to. Install scripts are off,
// so there is no binary, and nothing here opens such a database.
const Module = require('node:module');

const { _load: load } = Module;
Module._load = function loadWithoutSqlite(request, ...rest) {
  return request === 'sqlite3' ? { Database: class {}, verbose: () => ({}) } : load.call(this, request, ...rest);
};
