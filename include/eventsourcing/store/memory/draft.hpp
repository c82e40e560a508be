// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_MEMORY_DRAFT_HPP
#define EVENTSOURCING_STORE_MEMORY_DRAFT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/dependent.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/store/memory/block.hpp>
#include <eventsourcing/store/memory/events.hpp>
#include <eventsourcing/store/receipt.hpp>
#include <eventsourcing/store/text_map.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace eventsourcing::detail {

/// What an append has made that no reader sees yet; undone unless it is published.
template <class T = void>
class MemoryDraftOf {
public:
    /// Its first event comes after the position `head_before`.
    MemoryDraftOf(MemoryEventsOf<T>& all, std::uint64_t head_before)
        : all_(all),
          head_before_(head_before) {}
    MemoryDraftOf(const MemoryDraftOf&) = delete;
    MemoryDraftOf& operator=(const MemoryDraftOf&) = delete;
    ~MemoryDraftOf() {
        if (published_)
            return;
        if (tail_made_ > 0)
            stream_->last->kind->destroy(stream_->last->event(stream_->last->size), tail_made_);
        if (block_) {
            block_->size = block_made_;
            MemoryBlock::destroy(block_);
        }
        for (auto* positions : tagged_)
            positions->pop_back();
        if (metadata_made_)
            all_.metadata.pop_back();
        if (stream_made_)
            all_.streams.erase(all_.streams.find(stream_->name));
    }

    /// Everything of an append that can fail. `known` is the stream of this name, null for a new
    /// one.
    template <class Source>
    void make(StreamNameView name, MemoryStream* known, const Source& source) {
        const std::size_t count = source.size();
        stream_ = known ? known : make_stream(name);
        MemoryBlock* tail = stream_->last;
        if (tail && tail->kind == &source.kind())
            in_tail_ = std::min(count, tail->capacity.load(std::memory_order_relaxed) - tail->size);
        if (in_tail_ < count)
            block_ = MemoryBlock::make(
                *stream_, all_.index.use_of(source.kind()), stream_->size + in_tail_,
                std::max(count - in_tail_, next_capacity(tail, source.kind())));

        const MemoryExtra* extra = nullptr;
        for (std::size_t i = 0; i < count; ++i) {
            MemoryBlock& block = i < in_tail_ ? *tail : *block_;
            const std::size_t slot = i < in_tail_ ? tail->size + i : i - in_tail_;
            if (source.has_extras())
                extra = make_extra(source, i, extra);
            source.construct(all_, block.events, slot, i);
            ++(i < in_tail_ ? tail_made_ : block_made_);
            std::construct_at(block.stamps + slot, MemoryStamp{.id = source.id(i),
                                                               .recorded_at = source.recorded_at(i),
                                                               .position = head_before_ + 1 + i,
                                                               .extra = extra});
        }
    }

    template <class Source>
    void publish(const Source& source) noexcept {
        MemoryBlock* tail = stream_->last;
        const std::size_t first_slot = tail ? tail->size : 0;
        for (std::size_t i = 0; i < source.size(); ++i) {
            MemoryBlock* block = i < in_tail_ ? tail : block_;
            all_.ids.insert(source.id(i), ++all_.head);
            all_.log.set(all_.head, {block, i < in_tail_ ? first_slot + i : i - in_tail_});
            source.note_type(all_, *block->use, i, all_.head);
        }
        if (in_tail_ > 0)
            tail->size += in_tail_;
        if (block_) {
            block_->size = source.size() - in_tail_;
            if (tail) {
                tail->capacity.store(tail->size, std::memory_order_relaxed);
                tail->next = block_;
            } else {
                stream_->first = block_;
            }
            stream_->last = block_;
        }
        stream_->size += source.size();
        published_ = true;
    }

    /// Of the events that were published last, `count` of them.
    [[nodiscard]] Receipt receipt(std::size_t count) const {
        return Receipt{.first = Revision{stream_->size - count},
                       .last = Revision{stream_->size - 1},
                       .position = Position{all_.head}};
    }

private:
    MemoryStream* make_stream(StreamNameView name) {
        auto& [key, stream] = entry_of(all_.streams, name.view());
        stream.name = key;
        stream_made_ = true;
        return &stream;
    }

    static std::size_t next_capacity(const MemoryBlock* tail, const MemoryKind& kind) {
        constexpr std::size_t first = 4;
        constexpr std::size_t most = 4096;
        if (!tail || tail->kind != &kind)
            return first;
        return std::clamp(2 * tail->capacity.load(std::memory_order_relaxed), first, most);
    }

    /// The extra of event `i`; it shares the one before if the metadata is all it has.
    template <class Source>
    const MemoryExtra* make_extra(const Source& source, std::size_t i, const MemoryExtra* before) {
        const auto tags = source.tags(i);
        if (!source.metadata() && tags.empty())
            return nullptr;
        if (before && tags.empty() && before->tags.empty())
            return before;
        if (source.metadata() && !metadata_made_) {
            all_.metadata.push_back(*source.metadata());
            metadata_made_ = true;
        }
        std::vector<Dependent<std::string_view, T>> kept;
        kept.reserve(tags.size());
        tagged_.reserve(tagged_.size() + tags.size());
        for (const std::string_view tag : tags) {
            auto& [key, positions] = all_.index.tagged(tag);
            positions.push_back(head_before_ + 1 + i);
            tagged_.push_back(&positions);
            kept.emplace_back(key);
        }
        void* raw = all_.arena.room(sizeof(MemoryExtra));
        return std::construct_at(
            static_cast<MemoryExtra*>(raw),
            MemoryExtra{.metadata = metadata_made_ ? &all_.metadata.back() : nullptr,
                        .tags = all_.arena.keep_views(kept)});
    }

    MemoryEventsOf<T>& all_;
    std::uint64_t head_before_;
    MemoryStream* stream_ = nullptr;
    MemoryBlock* block_ = nullptr;
    /// How many of its events go into the stream's last block.
    std::size_t in_tail_ = 0;
    std::size_t tail_made_ = 0;
    std::size_t block_made_ = 0;
    bool stream_made_ = false;
    bool metadata_made_ = false;
    bool published_ = false;
    std::vector<typename MatchIndexOf<T>::Positions*> tagged_{};
};

} // namespace eventsourcing::detail

#endif
