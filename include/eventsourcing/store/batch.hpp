// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_BATCH_HPP
#define EVENTSOURCING_STORE_BATCH_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/store/encode_batch.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/metadata.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace eventsourcing {

/// The events of one append as their own types, with their stamps: a view that a typed sink reads
/// as it is, and that is encoded once for a sink that asks for bytes.
///
/// `Event` is the variant (or the one struct) of an aggregate. Everything it views must outlive it.
/// One batch belongs to one thread at a time.
template <class Event>
class Batch {
public:
    /// A batch for a sink that uses no stamps.
    constexpr explicit Batch(std::span<const Event> events) : events_(events) {}

    /// `ids` has one for each event. `tags` are added to the own tags of every event.
    constexpr Batch(std::span<const Event> events, std::span<const Uuid> ids, Timestamp recorded_at,
                    const Metadata* metadata = nullptr, std::span<const std::string> tags = {})
        : events_(events),
          ids_(ids),
          recorded_at_(recorded_at),
          metadata_(metadata),
          tags_(tags) {}

    Batch(const Batch&) = delete;
    Batch& operator=(const Batch&) = delete;

    [[nodiscard]] constexpr std::size_t size() const { return events_.size(); }
    [[nodiscard]] constexpr std::span<const Event> events() const { return events_; }
    /// Empty if the sink's capabilities say that it uses no stamps.
    [[nodiscard]] constexpr std::span<const Uuid> ids() const { return ids_; }
    [[nodiscard]] constexpr Timestamp recorded_at() const { return recorded_at_; }
    /// Null for none.
    [[nodiscard]] constexpr const Metadata* metadata() const { return metadata_; }
    [[nodiscard]] constexpr std::span<const std::string> tags() const { return tags_; }

    /// The events as bytes. Encoded at the first call; later calls return the same bytes.
    /// `errc::invalid` names an event that can't be encoded (text that is not UTF-8, a NaN, ...).
    [[nodiscard]] Result<std::span<const NewEvent>> encoded() const {
        if (!encoded_) {
            auto made = std::make_unique<detail::EncodedEvents>();
            if (auto done = detail::encode_batch(*this, *made); !done)
                return std::move(done).error();
            encoded_ = std::move(made);
        }
        return std::span<const NewEvent>(encoded_->events);
    }

private:
    std::span<const Event> events_;
    std::span<const Uuid> ids_{};
    Timestamp recorded_at_{};
    const Metadata* metadata_ = nullptr;
    std::span<const std::string> tags_{};
    mutable std::unique_ptr<detail::EncodedEvents> encoded_{};
};

/// Any batch, type-erased: the parameter of an engine that stores bytes. A `Batch`
/// converts into it, and so do events that are encoded already. It is a view of what it was made
/// from.
class EventBatch {
public:
    template <class Event>
    EventBatch(const Batch<Event>& batch)
        : source_(&batch),
          size_(batch.size()),
          encode_([](const void* source, std::size_t) {
              return static_cast<const Batch<Event>*>(source)->encoded();
          }) {}

    /// Events with their ids, times and metadata as they are: for imports, relays and retries.
    explicit EventBatch(std::span<const NewEvent> events)
        : source_(events.data()),
          size_(events.size()),
          encode_([](const void* source, std::size_t size) -> Result<std::span<const NewEvent>> {
              return std::span(static_cast<const NewEvent*>(source), size);
          }) {}

    [[nodiscard]] std::size_t size() const { return size_; }
    /// As `Batch::encoded`.
    [[nodiscard]] Result<std::span<const NewEvent>> encoded() const {
        return encode_(source_, size_);
    }

private:
    const void* source_;
    std::size_t size_;
    Result<std::span<const NewEvent>> (*encode_)(const void*, std::size_t);
};

namespace detail {

template <class B>
inline constexpr bool is_batch = false;
template <class Event>
inline constexpr bool is_batch<Batch<Event>> = true;
template <>
inline constexpr bool is_batch<EventBatch> = true;

/// A `Batch` of some event type or an `EventBatch`, for functions that pass on what they are given.
template <class B>
concept AnyBatch = is_batch<B>;

} // namespace detail

} // namespace eventsourcing

#endif
