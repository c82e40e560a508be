// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_EVENTSOURCING_HPP
#define EVENTSOURCING_EVENTSOURCING_HPP

// The main header: the core, the codec, the stores and the runtime, with the standard library and
// the forward declarations of nlohmann::json only. Include by name the engines
// (engines/sqlite.hpp), the helpers for tests (testing/given.hpp), CloudEvents (cloudevents/...),
// open_store (url/open_store.hpp), and the parts of the runtime that go on by themselves
// (runtime/subscription.hpp, relay, process_manager, run): a file that only loads and appends would
// pay their compile time.

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/event_codec.hpp>
#include <eventsourcing/codec/event_table.hpp>
#include <eventsourcing/codec/fingerprint.hpp>
#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/codec/json_schema.hpp>
#include <eventsourcing/codec/schema_text.hpp>
#include <eventsourcing/codec/storable.hpp>
#include <eventsourcing/core/aggregate.hpp>
#include <eventsourcing/core/aggregate_state.hpp>
#include <eventsourcing/core/category.hpp>
#include <eventsourcing/core/command.hpp>
#include <eventsourcing/core/decide.hpp>
#include <eventsourcing/core/diagram.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/event.hpp>
#include <eventsourcing/core/event_family.hpp>
#include <eventsourcing/core/event_traits.hpp>
#include <eventsourcing/core/events.hpp>
#include <eventsourcing/core/fold.hpp>
#include <eventsourcing/core/members.hpp>
#include <eventsourcing/core/reject.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/core/uuid7.hpp>
#include <eventsourcing/runtime/decisions.hpp>
#include <eventsourcing/runtime/dispatcher.hpp>
#include <eventsourcing/runtime/execute.hpp>
#include <eventsourcing/runtime/execute_all.hpp>
#include <eventsourcing/runtime/execute_options.hpp>
#include <eventsourcing/runtime/executed.hpp>
#include <eventsourcing/runtime/load.hpp>
#include <eventsourcing/runtime/loaded.hpp>
#include <eventsourcing/runtime/loaded_until.hpp>
#include <eventsourcing/runtime/observer.hpp>
#include <eventsourcing/runtime/pending_append.hpp>
#include <eventsourcing/runtime/repository.hpp>
#include <eventsourcing/runtime/told.hpp>
#include <eventsourcing/store/any_sink.hpp>
#include <eventsourcing/store/any_store.hpp>
#include <eventsourcing/store/append_condition.hpp>
#include <eventsourcing/store/batch.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/callback_sink.hpp>
#include <eventsourcing/store/capabilities.hpp>
#include <eventsourcing/store/duplicate_id.hpp>
#include <eventsourcing/store/event_reader.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/event_store.hpp>
#include <eventsourcing/store/fan_out.hpp>
#include <eventsourcing/store/memory_store.hpp>
#include <eventsourcing/store/metadata.hpp>
#include <eventsourcing/store/metadata_codec.hpp>
#include <eventsourcing/store/page.hpp>
#include <eventsourcing/store/pipelined_sink.hpp>
#include <eventsourcing/store/progress.hpp>
#include <eventsourcing/store/progress_store.hpp>
#include <eventsourcing/store/read.hpp>
#include <eventsourcing/store/receipt.hpp>
#include <eventsourcing/store/recorded.hpp>
#include <eventsourcing/store/sink.hpp>
#include <eventsourcing/store/snapshot_store.hpp>
#include <eventsourcing/store/stream_batch.hpp>
#include <eventsourcing/store/verbs.hpp>
#include <eventsourcing/version.hpp>

#endif
