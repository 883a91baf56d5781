/**
 * What `jupyter-builder` adds to its own configuration. Its default module ids
 * are hashes that depend on the folder of the checkout; with these the same
 * sources give the same labextension everywhere.
 */
module.exports = { optimization: { moduleIds: 'natural' } };
