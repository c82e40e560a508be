// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_MEMORY_SOURCES_HPP
#define EVENTSOURCING_STORE_MEMORY_SOURCES_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/utf8.hpp>
#include <eventsourcing/store/batch.hpp>
#include <eventsourcing/store/memory/kinds.hpp>
#include <eventsourcing/store/metadata_codec.hpp>
#include <eventsourcing/store/validate.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

/// Refuses metadata that could not be written as JSON later, when it is read as bytes.
template <int = 0>
Result<void> check_metadata(const Metadata& metadata) {
    bool good = true;
    for (const std::string* text :
         {&metadata.correlation_id, &metadata.causation_id, &metadata.command_id,
          &metadata.traceparent, &metadata.tracestate})
        good = good && valid_utf8(*text);
    for (const auto& [name, value] : metadata.values)
        good = good && valid_utf8(name) && valid_utf8(value);
    std::string text;
    return good ? Result<void>() : encode_metadata(metadata, text); // which says what is wrong
}

/// A batch that a memory store keeps as the values of its variant.
template <class V>
class TypedEvents {
public:
    explicit TypedEvents(const Batch<V>& batch) : batch_(batch) {}

    /// Checks what the types don't, and finds the tags. All code of the application runs here,
    /// before the store is locked, except the events' copy constructors.
    Result<void> prepare() {
        if (auto done = check_batch_size(batch_.size()); !done)
            return done;
        if (batch_.ids().size() != batch_.size())
            return Error(errc::invalid, "the batch has " + std::to_string(batch_.size()) +
                                            " events and " + std::to_string(batch_.ids().size()) +
                                            " ids; a dispatcher gives each its own");
        if (auto done = check_ids(batch_.ids()); !done)
            return done;
        if (auto done = check_time(0, batch_.recorded_at()); !done)
            return done;
        if constexpr (is_variant<V>)
            for (std::size_t i = 0; i < batch_.size(); ++i)
                if (is_valueless(batch_.events()[i]))
                    return invalid_event(i, "its variant holds nothing");
        if (metadata())
            if (auto done = check_metadata(*metadata()); !done)
                return done;
        if (any_tagged<Alternatives<V>> || !batch_.tags().empty())
            return prepare_tags();
        return {};
    }

    [[nodiscard]] std::size_t size() const { return batch_.size(); }
    [[nodiscard]] const Uuid& id(std::size_t i) const { return batch_.ids()[i]; }
    [[nodiscard]] Timestamp recorded_at(std::size_t /*i*/) const { return batch_.recorded_at(); }
    [[nodiscard]] const Metadata* metadata() const {
        return batch_.metadata() && !batch_.metadata()->empty() ? batch_.metadata() : nullptr;
    }
    [[nodiscard]] bool has_extras() const { return !tags_.empty() || metadata(); }
    [[nodiscard]] std::span<const std::string_view> tags(std::size_t i) const {
        return tags_.empty() ? std::span<const std::string_view>{} : tags_[i];
    }
    [[nodiscard]] auto encoded() const { return batch_.encoded(); }

    static const MemoryKind& kind() { return memory_kind<V>; }
    template <class Engine>
    void construct(Engine& /*engine*/, std::byte* events, std::size_t slot, std::size_t i) const {
        void* raw = events;
        construct_alternative(static_cast<V*>(raw) + slot, batch_.events()[i]);
    }
    template <class Engine>
    void note_type(Engine& /*engine*/, MemoryKindUse& use, std::size_t i,
                   std::uint64_t position) const noexcept {
        use.last_positions[alternative_index(batch_.events()[i])] = position;
    }

private:
    Result<void> prepare_tags() {
        for (std::size_t i = 0; i < batch_.size(); ++i) {
            auto tags = tags_of(batch_.events()[i], batch_.tags(), arena_);
            if (!tags)
                return std::move(tags).error();
            if (auto done = check_tags(i, *tags); !done)
                return done;
            if (!tags->empty()) {
                tags_.resize(batch_.size());
                tags_[i] = *tags;
            }
        }
        return {};
    }

    const Batch<V>& batch_;
    Arena arena_;
    std::vector<std::span<const std::string_view>> tags_; // empty if no event has tags
};

/// A batch that a memory store keeps as bytes.
class ByteEvents {
public:
    explicit ByteEvents(const EventBatch& batch) : batch_(&batch) {}

    template <int = 0>
    Result<void> prepare() {
        auto events = batch_->encoded();
        if (!events)
            return std::move(events).error();
        events_ = *events;
        for (const NewEvent& event : events_)
            has_tags_ = has_tags_ || !event.tags.empty();
        return check_batch(events_);
    }

    /// The same for events that were checked already.
    explicit ByteEvents(std::span<const NewEvent> checked) : events_(checked) {
        for (const NewEvent& event : events_)
            has_tags_ = has_tags_ || !event.tags.empty();
    }

    [[nodiscard]] std::size_t size() const { return events_.size(); }
    [[nodiscard]] const Uuid& id(std::size_t i) const { return events_[i].id; }
    [[nodiscard]] Timestamp recorded_at(std::size_t i) const { return events_[i].recorded_at; }
    static const Metadata* metadata() { return nullptr; } // it is kept with the bytes
    [[nodiscard]] bool has_extras() const { return has_tags_; }
    [[nodiscard]] std::span<const std::string_view> tags(std::size_t i) const {
        return events_[i].tags;
    }
    [[nodiscard]] Result<std::span<const NewEvent>> encoded() const { return events_; }

    static const MemoryKind& kind() { return memory_kind<MemoryBytes>; }
    template <class Engine>
    void construct(Engine& engine, std::byte* events, std::size_t slot, std::size_t i) const {
        void* raw = events;
        const NewEvent& event = events_[i];
        std::construct_at(static_cast<MemoryBytes*>(raw) + slot,
                          MemoryBytes{.type = engine.name(event.type),
                                      .version = engine.name(event.version),
                                      .content_type = engine.name(event.content_type),
                                      .data = engine.keep(event.data),
                                      .metadata = engine.keep(event.metadata),
                                      .source = engine.name(event.source)});
    }
    template <class Engine>
    void note_type(Engine& engine, MemoryKindUse& /*use*/, std::size_t i,
                   std::uint64_t position) const noexcept {
        engine.note_name(events_[i].type, position);
    }

private:
    const EventBatch* batch_ = nullptr;
    std::span<const NewEvent> events_{};
    bool has_tags_ = false;
};

} // namespace eventsourcing::detail

#endif
