// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_FWD_HPP
#define EVENTSOURCING_FWD_HPP

#include <eventsourcing/core/require_cxx20.hpp>

// The public names, for headers that only mention them. Templates with a constrained parameter
// (Tracked, Loaded, Dispatched, PendingAppend) are missing: they can't be declared without their
// concept.

#include <cstdint>

namespace eventsourcing {

// ---- core -------------------------------------------------------------------------------------
class BadResult;
class Environment;
class EnvironmentSource;
class Error;
class ExpectedRevision;
class Generation;
class Position;
class Revision;
class StreamName;
class StreamNameView;
class Timestamp;
class Uuid;
enum class Json : std::uint8_t;
enum class Outcome : std::uint8_t;
enum class errc : std::uint8_t;
struct Conflict;
struct EventFamily;
struct Nothing;
template <class E>
struct EventTraits;
template <class Event>
class Events;
template <class T>
class Result;

// ---- codec ------------------------------------------------------------------------------------
template <class V>
class EventCodec;
template <class V>
class EventTable;
struct EventRow;

// ---- store ------------------------------------------------------------------------------------
class AnyPipeline;
class AnySink;
class AnyStore;
class EventBatch;
class MemoryStore;
class Page;
class Ticket;
enum class Direction : std::uint8_t;
struct AllRead;
struct AppendCondition;
struct CallOptions;
struct Capabilities;
struct DuplicateId;
struct EventRecord;
struct FollowerFailure;
struct Metadata;
struct NewEvent;
struct PipelineAnswer;
struct PipelineOptions;
struct Query;
struct Receipt;
struct StreamBatch;
struct StreamRead;
struct Verbs;
template <class E>
struct Recorded;
template <class... Es>
class EventReader;
template <class Event>
class Batch;
template <class F, bool uses_stamps>
class CallbackSink;
template <class Primary, class... Followers>
class FanOutPrimaryDecides;

// ---- cloudevents ------------------------------------------------------------------------------
class CloudEvent;
class CloudEventTime;
class CloudEventValue;
class Uri;
class UriReference;
enum class CloudEventDataKind : std::uint8_t;
enum class CloudEventMode : std::uint8_t;
struct CloudEventData;
struct CloudEventFields;
struct CloudEventLimits;
struct HttpMessage;
struct KafkaMessage;
struct MessageHeader;
struct NatsMessage;
template <class E>
struct Received;

// ---- runtime ----------------------------------------------------------------------------------
struct DecideOptions;
struct DecisionsOptions;
struct DispatchOptions;
struct ExecuteAllOptions;
struct LoadOptions;
template <class A, class S>
class Dispatcher;
template <class D>
class Decided;
template <class D>
struct PendingDecision;
template <class D, class S>
class Decisions;

// ---- engines ----------------------------------------------------------------------------------
class SqliteStore;

} // namespace eventsourcing

#endif
