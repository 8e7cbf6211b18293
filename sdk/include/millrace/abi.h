// The whole contract between the Millrace engine and a plugin, in C11.
//
// Reading order: conventions, values, options, what the engine offers, the five component kinds,
// entry point.
//
// Conventions
//   Size first   Every struct that may grow starts with its own size. A reader never looks past
//                the smaller of the two sizes; new members are appended, never inserted.
//   Ownership    Pointers and strings passed in are borrowed for the call, except that the host,
//                the values and the schemas given to `create` or `bind` live until `destroy`.
//                A string handed out by a component stays valid until the next call on that same
//                object. An ArrowArray passed in is moved: the callee owns and releases it, and may
//                keep it as long as it likes. One passed as `const` is borrowed for the call.
//   Errors       A function that can fail returns MR_ERROR and fills the caller's mr_error.
//                No exception ever crosses this boundary.
//   Threads      [planner] functions run on the engine's planner thread. [task] functions run on
//                one thread at a time per object. mr_host functions are thread-safe.
//   Time         int64 microseconds since 1970-01-01T00:00Z.
//   Creation     `create` and `bind` check options and touch nothing outside the process, so that
//                `millrace check` may call them. Connections are made on first use.
#ifndef MILLRACE_ABI_H
#define MILLRACE_ABI_H

#include <stddef.h>
#include <stdint.h>

#include "millrace/arrow_c_data.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MR_ABI_MAJOR 1  // Also part of the entry symbol's name: a new major is a new symbol.
#define MR_ABI_MINOR 4  // Raised whenever a member is appended.

// ---------------------------------------------------------------- values

typedef struct mr_str {
  const char* data;  // UTF-8, not terminated.
  size_t size;
} mr_str;

typedef int32_t mr_result;
enum {
  MR_OK = 0,
  MR_END = 1,    // Reader: nothing is left before the requested end.
  MR_IDLE = 2,   // Reader: nothing arrived within the timeout.
  MR_SKIP = 3,   // Sink writer: this epoch is not wanted, because it is already written.
  MR_ERROR = -1  // The mr_error is filled.
};

enum { MR_BLAME_INTERNAL, MR_BLAME_USER, MR_BLAME_DATA, MR_BLAME_EXTERNAL };
enum { MR_RETRY_NEVER, MR_RETRY_WITH_BACKOFF };

// Owned by the caller, fixed in size: nothing to allocate, nothing to release.
typedef struct mr_error {
  int32_t blame;
  int32_t retry;
  char option[64];     // The option at fault, "size" or "aggregates.total"; empty for none.
  char message[1080];  // Terminated UTF-8, cut if longer.
} mr_error;

// ---------------------------------------------------------------- options

enum {
  MR_OPTION_BOOLEAN,
  MR_OPTION_INTEGER,
  MR_OPTION_REAL,
  MR_OPTION_STRING,
  MR_OPTION_DURATION,     // "10 seconds"; microseconds in mr_value.integer
  MR_OPTION_SIZE,         // "64 MiB"; bytes in mr_value.integer
  MR_OPTION_STRING_LIST,  // one string is a list of one; keys of mr_value.pairs
  MR_OPTION_STRING_MAP,   // mr_value.pairs
  MR_OPTION_COLUMNS,      // { name = "type" }; mr_value.columns
  MR_OPTION_EXPRESSION,   // SQL over the component's input; mr_value.expressions, one
  MR_OPTION_EXPRESSIONS,  // { name = "SQL" } or ["column", "SQL AS name"]; mr_value.expressions
  MR_OPTION_AGGREGATES,   // { name = "count(*)" }; mr_value.aggregates
  MR_OPTION_JOIN          // SQL over the columns of two inputs, taken apart; mr_value.join
};
// OF_WINDOWS: the expression sees `window_start` and `window_end` in place of the input's columns.
// SCALAR: a string that may be written as a boolean or an integer too: truncate = false.
enum {
  MR_OPTION_REQUIRED = 1,
  MR_OPTION_SECRET = 2,
  MR_OPTION_OF_WINDOWS = 4,
  MR_OPTION_SCALAR = 8
};

// One entry of a component's option schema. The engine checks configurations against it, rejects
// unknown keys and compiles expressions before any component is created. An option that is not
// given is not passed: the component applies its own default.
typedef struct mr_option {
  uint32_t size;
  int32_t type;
  uint32_t flags;
  mr_str name;
  mr_str default_text;  // As a configuration would spell it; for people. Empty for none.
  mr_str choices;       // Allowed strings, separated by commas; empty for any.
  mr_str help;
} mr_option;

typedef struct mr_expression mr_expression;  // A compiled expression; the engine's own.

typedef struct mr_pair {
  mr_str key;
  mr_str value;
} mr_pair;

typedef struct mr_named_expression {
  mr_str name;
  const mr_expression* expression;
  const struct ArrowSchema* type;
  int32_t column;  // Position of the input column it names, -1 when it computes something.
} mr_named_expression;

typedef struct mr_aggregate {
  mr_str name;      // Of the result column.
  mr_str function;  // Lower case: "count".
  int32_t star;     // count(*)
  int32_t distinct;
  const mr_named_expression* arguments;
  size_t argument_count;
  const mr_named_expression* filter;  // NULL for none; rows where it is not TRUE do not count.
} mr_aggregate;

// inputs[input].column >= inputs[1 - input].other_column + offset_us; both are timestamps.
typedef struct mr_time_bound {
  int32_t input;
  int32_t column;
  int32_t other_column;
  int32_t strict;  // > in place of >=
  int64_t offset_us;
} mr_time_bound;

// The condition under which a row of input 0 and a row of input 1 belong together. It is TRUE where
// all keys are equal and all conditions are TRUE; bounds and never_null follow from those.
typedef struct mr_join_condition {
  uint32_t size;
  size_t key_count;
  const mr_named_expression* keys[2];  // keys[0][i] over input 0 equals keys[1][i] over input 1;
                                       // both have one type.
  const int32_t* null_safe;            // Of each key: NULL equals NULL (<=>).
  const mr_named_expression* conditions[2];  // Over one input alone; NULL for none.
  const int32_t* never_null[2];  // Columns of one input with which, if NULL, it is never TRUE.
  size_t never_null_count[2];
  const mr_named_expression* condition;  // Over `condition_columns`, in that order; NULL for none.
  const int32_t* condition_columns;      // Columns of input 0, then of input 1, counted through.
  size_t condition_column_count;
  const mr_time_bound* bounds;
  size_t bound_count;
} mr_join_condition;

typedef struct mr_value {
  mr_str name;
  int32_t type;
  int64_t integer;
  double real;
  mr_str text;
  const mr_pair* pairs;
  size_t pair_count;
  const struct ArrowSchema* columns;
  const mr_named_expression* expressions;
  size_t expression_count;
  const mr_aggregate* aggregates;
  size_t aggregate_count;
  const mr_join_condition* join;
} mr_value;

typedef struct mr_values {
  const mr_value* items;
  size_t count;
  size_t item_size;  // sizeof(mr_value) of the engine.
} mr_values;

// ---------------------------------------------------------------- what the engine offers

enum { MR_LOG_DEBUG, MR_LOG_INFO, MR_LOG_WARN, MR_LOG_ERROR };
enum { MR_COUNTER, MR_GAUGE, MR_HISTOGRAM };

// One host per component of a pipeline; it knows which.
typedef struct mr_host {
  uint32_t size;
  void* engine;
  void (*log)(void* engine, int32_t level, mr_str message);
  uint64_t (*metric)(void* engine, int32_t kind, mr_str name, mr_str help);  // 0 on failure.
  void (*record)(void* engine, uint64_t metric, double value);  // Adds, sets or observes.
  int64_t (*now_us)(void* engine);  // The engine's clock; tests control it.
  int32_t (*stop_requested)(void* engine);
  // Evaluates an expression over a batch (a struct array) of the schema it was compiled for.
  mr_result (*evaluate)(void* engine, const mr_expression*, const struct ArrowArray* batch,
                        struct ArrowArray* out, mr_error*);
  mr_str pipeline;   // Name of the pipeline.
  mr_str component;  // Name of the component.
  int32_t ansi;      // 1: overflow and the like are errors; 0: Spark's legacy results.
  // The instant when clocks of the session's time zone show `local`, both microseconds since 1970.
  // Null: the session's zone is UTC.
  int64_t (*local_to_instant)(void* engine, int64_t local);
  // Sources: there may be more input than there was. From any thread; see MR_SOURCE_ANNOUNCES.
  void (*input_arrived)(void* engine);
  int32_t continuous;  // 1: rows travel in small rounds, and each is wanted downstream at once.
  // Random id of the checkpoint, the same in every run on it; empty without one. Not known to
  // `create`: set before the first writer is opened.
  mr_str job;
} mr_host;

// ---------------------------------------------------------------- sources

// A slice of a source's input: what one task reads. Reading it twice gives the same rows. Slices of
// one partition and detail that follow each other may be read as one, which gives the same rows.
typedef struct mr_range {
  mr_str partition;  // The independent, ordered part of the input it belongs to: "views/3".
  int64_t start;
  int64_t end;    // Exclusive.
  mr_str detail;  // Whatever else the source needs to read it again: a file name, for example.
} mr_range;

// How far a partition has been read, for lag and for watermarks.
typedef struct mr_partition {
  uint32_t size;
  mr_str partition;
  mr_str topic;
  int32_t index;
  int64_t next;    // Where the epoch after this one starts.
  int64_t latest;  // Where the input ends now.
  int32_t never_had_records;
} mr_partition;

// Takes a source's answer to `plan`.
typedef struct mr_plan_output {
  uint32_t size;
  void* engine;
  void (*range)(void* engine, const mr_range*);
  void (*partition)(void* engine, const mr_partition*);
  void (*position)(void* engine, mr_str position_after);
  void (*lost)(void* engine, mr_str partition, int64_t records);  // No longer in the source.
} mr_plan_output;

enum { MR_PLAN_WITHOUT_LIMIT = 1 };     // Ignore the source's own limit per epoch.
enum { MR_SOURCE_PAYLOADS = 1 };        // Its column `value` holds records for a format to decode.
enum { MR_SOURCE_NOT_REPLAYABLE = 2 };  // What was read cannot be read again (a pipe).
enum { MR_SOURCE_ANNOUNCES = 4 };       // Calls input_arrived; others are asked again and again.

// A source names positions in its input by JSON texts that only it understands.
typedef struct mr_source {
  uint32_t size;
  mr_result (*create)(const mr_host*, const mr_values*, void** self, mr_error*);
  void (*destroy)(void* self);
  mr_result (*schema)(void* self, struct ArrowSchema* out, mr_error*);
  // [planner] Where the input ends now. An empty position means: from the configured start.
  mr_result (*latest)(void* self, mr_str position, mr_str* target, mr_error*);
  // [planner] The input of the next epoch: from `position` to at most `target`, within the
  // source's own limits. No range and an unchanged position mean that there is nothing.
  mr_result (*plan)(void* self, mr_str position, mr_str target, uint32_t flags,
                    const mr_plan_output*, mr_error*);
  // [planner] Optional. Everything before `position` is durable.
  mr_result (*committed)(void* self, mr_str position, mr_error*);
  // [task] Readers put out the given columns of the schema, in that order.
  mr_result (*open_reader)(void* self, const mr_range*, const int32_t* columns, size_t column_count,
                           void** reader, mr_error*);
  // MR_OK with rows, MR_IDLE after the timeout, MR_END once the range is read.
  mr_result (*read)(void* reader, int64_t timeout_us, struct ArrowArray* out, mr_error*);
  void (*close_reader)(void* reader);
  // [planner] Optional. Like `latest`, but only of what this process has at hand already: asks
  // nobody and does not wait. Once it was called, input_arrived tells of more behind `position`.
  mr_result (*arrived)(void* self, mr_str position, mr_str* target, mr_error*);
  // [planner] Optional. From now on an epoch takes no more of the source than about that much, in
  // what `end - start` of its ranges counts, however much its own limits allow, but something;
  // 0: what those allow. It does not hold where a plan is asked for without a limit.
  void (*limit)(void* self, int64_t size);
} mr_source;

// ---------------------------------------------------------------- formats

// What its rows are when a configuration gives no schema: one column `value` of that type.
enum { MR_FORMAT_DEFAULT_STRING = 1, MR_FORMAT_DEFAULT_BINARY = 2 };
enum { MR_FORMAT_POSITIONAL = 4 };  // Fields have places, not names: wants the schema in full.

typedef struct mr_rejects {
  uint32_t size;
  void* engine;
  void (*reject)(void* engine, int64_t row, mr_str reason);
} mr_rejects;

// A format turns payload bytes into rows and rows into payload bytes. Payloads are a binary
// column; at least 64 bytes after its last one may be read (SIMD parsers do).
typedef struct mr_format {
  uint32_t size;
  mr_result (*create)(const mr_host*, const mr_values*, const struct ArrowSchema* rows, void** self,
                      mr_error*);
  void (*destroy)(void* self);
  // [task] One row for each payload; a rejected one comes out as nulls. NULL if it cannot decode.
  mr_result (*decode)(void* self, struct ArrowArray* payloads, struct ArrowArray* rows,
                      const mr_rejects*, mr_error*);
  // [task] One payload for each row. NULL if it cannot encode.
  mr_result (*encode)(void* self, struct ArrowArray* rows, struct ArrowArray* payloads, mr_error*);
} mr_format;

// ---------------------------------------------------------------- state stores

typedef struct mr_key {
  int64_t bucket;  // The time after which the entry may be evicted.
  uint64_t hash;   // Of the key bytes, well mixed.
  mr_str key;
} mr_key;

typedef struct mr_writer {
  uint32_t size;
  void* engine;
  mr_result (*append)(void* engine, mr_str bytes, mr_error*);
} mr_writer;

typedef struct mr_store_size {
  int64_t rows;
  int64_t bytes;
} mr_store_size;

typedef void (*mr_visit)(void* visitor, int64_t bucket, mr_str key, mr_str value);

// Takes the names of a space's files.
typedef struct mr_file_list {
  uint32_t size;
  void* engine;
  // The first `bytes` of a file in the space's directory. Where it `grows`, more may be appended
  // later; else its content never changes, and its name is never used for another one.
  mr_result (*file)(void* engine, mr_str name, int64_t bytes, int32_t grows, mr_error*);
} mr_file_list;

// State of one shard of one transform: (bucket, key) -> value. [task]
//
// A store either writes itself down piece by piece: it has `create`, and no space. Or it keeps
// files: then it has the functions of a space, which holds the stores of all shards and transforms
// of a pipeline, and the engine keeps those files instead of pieces.
typedef struct mr_store {
  uint32_t size;
  mr_result (*create)(const mr_host*, const mr_values*, void** self, mr_error*);
  void (*destroy)(void* self);
  // Values of absent keys have a NULL data pointer. Valid until the next change of the store.
  mr_result (*get)(void* self, size_t count, const mr_key*, mr_str* values, mr_error*);
  mr_result (*put)(void* self, size_t count, const mr_key*, const mr_str* values, mr_error*);
  mr_result (*erase)(void* self, size_t count, const mr_key*, mr_error*);
  // Visits the buckets in [from, to], in rising order; within one, in an order that is the same
  // whenever an epoch is run again.
  mr_result (*scan)(void* self, int64_t from, int64_t to, void* visitor, mr_visit, mr_error*);
  // Drops every bucket <= up_to.
  mr_result (*evict)(void* self, int64_t up_to, int64_t* removed, mr_error*);
  void (*measure)(void* self, mr_store_size* out);
  // What changed since the last write_changes or write_snapshot; nothing appended: nothing changed.
  mr_result (*write_changes)(void* self, const mr_writer*, mr_error*);
  mr_result (*write_snapshot)(void* self, const mr_writer*, mr_error*);
  // Applies pieces that the two functions above appended, in the same order; those of any store,
  // see state_pieces.hpp.
  mr_result (*read)(void* self, mr_str bytes, mr_error*);
  // Optional, all four or none. [planner] The directory is not looked at before the first `open`.
  // It may hold the files that a space told before, each with the bytes it told, and nothing else;
  // or nothing. It is the space's own until close_space, which may remove what is in it.
  mr_result (*open_space)(const mr_host*, const mr_values*, mr_str directory, void** space,
                          mr_error*);
  void (*close_space)(void* space);
  // A store in the space; it is destroyed by `destroy`, before the space is closed.
  mr_result (*open)(void* space, mr_str component, int32_t shard, void** self, mr_error*);
  // Makes everything durable and tells each file that the state is made of. While it runs, none of
  // them may go. State of components that were never opened is dropped.
  mr_result (*list_files)(void* space, const mr_file_list*, mr_error*);
  // Optional. A snapshot in parts, written while the state goes on changing: what was there at the
  // first call (`begins`), about `bytes_max` of it per call, until `done`. Entries that changed
  // since may be written as they were or as they are; entries added since are left out. Read
  // before the changes that were written since the first call, the parts come to the same state.
  mr_result (*write_part)(void* self, int32_t begins, int64_t bytes_max, const mr_writer*,
                          int32_t* done, mr_error*);
} mr_store;

typedef struct mr_state {  // An open store, as a transform sees it.
  const mr_store* functions;
  void* self;
} mr_state;

// ---------------------------------------------------------------- transforms

// Keeps its two inputs apart: each has columns of its own and reaches `process` by its number.
enum { MR_TRANSFORM_SEPARATE_INPUTS = 1 };
enum { MR_MODE_APPEND = 1, MR_MODE_UPDATE = 2, MR_MODE_COMPLETE = 4 };
// What a time column holds: the event time of its row; the end of a window; or a window, which is a
// structure of the timestamps `start` and `end`. A window's event time is its end - 1 microsecond.
enum { MR_TIME_OF_ROW, MR_TIME_WINDOW_END, MR_TIME_WINDOW };

// What is known of a stream of rows.
typedef struct mr_stream {
  uint32_t size;
  const struct ArrowSchema* schema;
  int32_t time_column;  // The event-time column that its watermark speaks of; -1: no watermark.
  int32_t time_kind;
  int64_t delay_us;  // How far the watermark stays behind the event time, as declared.
  int32_t is_table;  // A table: not a stream of rows, but all of its rows at once; see load_table.
  int32_t other_time;  // 1 + another event-time column, of the same kind, that the watermark holds
                       // for too, as behind a join; 0 for none.
} mr_stream;

// What a transform becomes once it knows its inputs. Filled by `bind`.
typedef struct mr_binding {
  uint32_t size;
  struct ArrowSchema rows;      // Of its output.
  struct ArrowSchema partials;  // Keyed only: what its front half hands to its back half. The first
                                // column is int64 `hash`; equal keys have equal hashes.
  int32_t time_column;          // Of the output, -1 for none.
  int32_t time_kind;
  int32_t keyed;               // Has a front and a back half, and state.
  int32_t uses_watermark;      // Emits or evicts when the watermark moves.
  uint32_t modes;              // MR_MODE_*: what a sink may ask of it. A stateless one has all.
  mr_str refusals[3];          // Why not append, update, complete; with a way out.
  int32_t reads_all_columns;   // Passes columns on that no option names.
  int32_t keeps_every_group;   // The back half emits even in an epoch without rows.
  int32_t single_task;         // Stateless only: one task wants all rows of an epoch (sorting).
  int32_t needs_every_column;  // Its result depends on columns that nothing names.
  int64_t output_delay_us;    // How far the watermark of its output stays behind that of its input.
  uint32_t droppable_inputs;  // With separate inputs: 1 << input, where a row that cannot match
                              // anything is of no use to it.
  int32_t other_time;         // Of the output, as in mr_stream.
  int32_t joins_ranges;  // Keyed only: a front half may see several ranges of a round, one after
                         // the other. Nobody must be able to tell from the results, to the last
                         // bit: which ranges these are depends on the number of threads.
} mr_binding;

typedef struct mr_round {
  uint32_t size;
  int64_t epoch;
  int64_t late_before;  // Rows whose time is up at or before it are late; INT64_MIN: none are.
  int64_t watermark;    // Emit and evict up to it, inclusive; INT64_MIN: nothing in this round.
  uint32_t wanted;      // 1 << MR_PORT_*, those that somebody reads.
  int32_t has_data;     // 0 in an epoch that only follows the watermark.
  int32_t ends_epoch;   // The last round of its epoch.
} mr_round;

enum {
  MR_PORT_ROWS,     // Stateless output, or partials of a front half.
  MR_PORT_CHANGED,  // Result rows that changed in this round.
  MR_PORT_FINAL,    // Result rows that will not change again.
  MR_PORT_ALL,      // The whole result.
  MR_PORT_LATE      // Input rows that came too late, as they came.
};
enum {
  MR_COUNT_LATE_DROPPED,  // Rows, all of whose windows were closed.
  MR_COUNT_LATE_PARTLY,   // Rows, some of whose windows were closed.
  MR_COUNT_LATE_GROUPS,   // Distinct groups of those, as Spark counts late rows.
  MR_COUNT_FILTERED,      // Rows removed by a condition.
  MR_COUNT_STATE_UPDATED,
  MR_COUNT_STATE_REMOVED,
  MR_COUNT_STATE_ROWS  // How many there are now.
};

// Where a transform puts what it makes. `emit` takes ownership of the batch.
typedef struct mr_outputs {
  uint32_t size;
  void* engine;
  mr_result (*emit)(void* engine, int32_t port, struct ArrowArray* batch, mr_error*);
  void (*count)(void* engine, int32_t what, int64_t rows);
} mr_outputs;

// bind (open (begin process* end)* close | open_shard (merge* finish)* close_shard)* destroy
typedef struct mr_transform {
  uint32_t size;
  // [planner] Several inputs of one schema reach a transform as one stream.
  mr_result (*bind)(const mr_host*, const mr_values*, const mr_stream* inputs, size_t input_count,
                    mr_binding*, void** self, mr_error*);
  void (*destroy)(void* self);
  // [task] The whole of a stateless transform, the front half of a keyed one. An object serves one
  // task at a time, for many rounds. `begin` and `end` may be NULL.
  mr_result (*open)(void* self, void** task, mr_error*);
  mr_result (*begin)(void* task, const mr_round*, mr_error*);
  mr_result (*process)(void* task, int32_t input, struct ArrowArray* batch, const mr_outputs*,
                       mr_error*);
  mr_result (*end)(void* task, const mr_outputs*, mr_error*);
  void (*close)(void* task);
  // [task] The back half: one object per shard owns the shard's state.
  mr_result (*open_shard)(void* self, int32_t shard, const mr_state*, void** half, mr_error*);
  mr_result (*merge)(void* half, struct ArrowArray* partials, const mr_round*, mr_error*);
  mr_result (*finish)(void* half, const mr_round*, const mr_outputs*, mr_error*);
  void (*close_shard)(void* half);
  // [planner] The rows of an input that is a table, before the first round and again between
  // epochs when they have changed. May be NULL.
  mr_result (*load_table)(void* self, int32_t input, struct ArrowArray* rows, mr_error*);
} mr_transform;

// ---------------------------------------------------------------- sinks

enum {
  MR_SINK_ENCODED = 1,        // Wants payloads beside rows: `format` is required.
  MR_SINK_SINGLE_WRITER = 2,  // Wants all rows of an epoch in one writer, partition 0.
  MR_SINK_IDEMPOTENT = 4,     // The same epoch may be written again.
  MR_SINK_TRANSACTIONAL = 8,  // Has prepare, commit and abort.
  MR_SINK_DECIDES = 16        // Has a decider: exactly once by transactions of its own.
};

// That an epoch is committed, as a decider keeps it.
typedef struct mr_decision {
  uint32_t size;
  int64_t epoch;  // -1: none is yet.
  mr_str record;  // Hash of the commit record in the checkpoint.
  mr_str run;     // The process that decided.
} mr_decision;

// What a decider finds when it is fenced.
typedef struct mr_fenced {
  uint32_t size;
  int32_t found;  // 0: no decision is there, because none was made or it was forgotten.
  mr_decision newest;
  int64_t kept_us;  // How long a decision is kept that is not made again; 0: for ever.
} mr_fenced;

typedef struct mr_source_position {
  mr_str source;  // Name of the component.
  mr_str type;    // Its type: "kafka".
  mr_str position;
} mr_source_position;

// A sink whose transaction holds an epoch's rows and, in it, the decision that the epoch is
// committed, in place of the checkpoint's commit record. Sinks of one type at one place share the
// transaction; what a pipeline decides it decides at one place. [planner]
typedef struct mr_decider {
  uint32_t size;
  // Before anything else, and only where exactly once is asked for. `first` is the first such sink
  // of the pipeline, which the rest is then asked of; NULL: this is it. As with `create`, nothing
  // outside is touched.
  mr_result (*join)(void* self, void* first, mr_error*);
  // Sinks that say the same can share a transaction: "Kafka at HOST:PORT".
  mr_result (*place)(void* self, mr_str* place, mr_error*);
  // From its return on no earlier run of the job can decide anything. Strings of `fenced` stay
  // valid until the next call.
  mr_result (*fence)(void* self, mr_str job, mr_str run, mr_fenced* fenced, mr_error*);
  // Opens the transaction of an epoch, before any of its rows is written.
  mr_result (*begin)(void* self, int64_t epoch, mr_error*);
  // Commits it: rows, positions and decision become visible, or nothing does. Without `begin` only
  // the decision is made again. After an error it is open which; `fence` tells.
  mr_result (*decide)(void* self, const mr_decision*, const mr_source_position*, size_t count,
                      mr_error*);
} mr_decider;

// create (open_writer (open (write | flush)* close)* close_writer, prepare commit | abort)* destroy
// One writer per partition for the life of the pipeline, one open-close round per epoch.
typedef struct mr_sink {
  uint32_t size;
  mr_result (*create)(const mr_host*, const mr_values*, const struct ArrowSchema* rows,
                      uint32_t mode, void** self, mr_error*);
  void (*destroy)(void* self);
  // [task]
  mr_result (*open_writer)(void* self, int32_t partition, void** writer, mr_error*);
  mr_result (*open)(void* writer, int64_t epoch, mr_error*);
  // `payloads` is NULL unless the sink is MR_SINK_ENCODED.
  mr_result (*write)(void* writer, struct ArrowArray* rows, struct ArrowArray* payloads, mr_error*);
  // Once per successful open; `cause` is NULL unless the epoch failed. May itself fail.
  mr_result (*close)(void* writer, const mr_error* cause, mr_error*);
  void (*close_writer)(void* writer);
  // [planner] Transactional only. After every writer is closed, `prepare` makes the epoch's rows
  // durable but not visible; the receipt is kept in the epoch log. After a crash `commit` may come
  // again, on a fresh object: it must then change nothing. `abort` undoes what a run of this
  // epoch, in this process or a dead one, has left.
  mr_result (*prepare)(void* self, int64_t epoch, mr_str* receipt, mr_error*);
  mr_result (*commit)(void* self, int64_t epoch, mr_str receipt, mr_error*);
  mr_result (*abort)(void* self, int64_t epoch, mr_error*);
  const mr_decider* decider;  // MR_SINK_DECIDES only; else NULL.
  // [task] Optional; continuous pipelines only. A round of the epoch is over and others follow:
  // what was written goes on its way. Need not wait until it arrived, but says if anything failed.
  mr_result (*flush)(void* writer, mr_error*);
  // [task] Optional. After write or close failed: the row at fault, counted from 0 over all rows
  // since `open`; -1: not known.
  int64_t (*failed_row)(void* writer);
} mr_sink;

// ---------------------------------------------------------------- entry point

enum { MR_SOURCE, MR_FORMAT, MR_TRANSFORM, MR_SINK, MR_STORE };

typedef struct mr_component {
  uint32_t size;
  int32_t kind;
  mr_str name;  // What `type = "..."` says in a configuration.
  mr_str summary;
  const mr_option* const* options;
  size_t option_count;
  uint32_t flags;         // MR_SOURCE_*, MR_FORMAT_*, MR_TRANSFORM_* or MR_SINK_*.
  const void* functions;  // The struct that belongs to `kind`.
} mr_component;

typedef struct mr_plugin {
  uint32_t size;
  uint16_t abi_major;
  uint16_t abi_minor;
  mr_str name;
  mr_str version;
  mr_str built_with;  // Compiler and SDK release, for messages.
  const mr_component* const* components;
  size_t component_count;
} mr_plugin;

// The only symbol a plugin exports. Cheap, without side effects, callable more than once.
#define MR_ENTRY_SYMBOL "millrace_plugin_v1"
typedef const mr_plugin* (*mr_entry)(void);

#ifdef __cplusplus
}
#endif
#endif  // MILLRACE_ABI_H
