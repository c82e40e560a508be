// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_MEMORY_MATCH_INDEX_HPP
#define EVENTSOURCING_STORE_MEMORY_MATCH_INDEX_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/dependent.hpp>
#include <eventsourcing/store/append_condition.hpp>
#include <eventsourcing/store/matches.hpp>
#include <eventsourcing/store/memory/block.hpp>
#include <eventsourcing/store/memory/log.hpp>
#include <eventsourcing/store/text_map.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

/// Finds whether an event matches an append condition: the last position of each type and all
/// positions of each tag. An item with tags costs a lookup for each event of its rarest tag after
/// the condition's position, one without tags a lookup for each type.
template <class T = void>
class MatchIndexOf {
public:
    using Positions = std::vector<Dependent<std::uint64_t, T>>;

    /// A type, version, content type or source, kept once.
    std::string_view name(std::string_view text) { return entry_of(names_, text).first; }
    /// Says that the event at `position` came as bytes with this type, which `name` has seen.
    void note_name(std::string_view type, std::uint64_t position) noexcept {
        names_.find(type)->second = position;
    }
    /// Where the last positions of the types of a kind are kept.
    MemoryKindUse& use_of(const MemoryKind& kind) {
        for (MemoryKindUse& use : kinds_)
            if (use.kind == &kind)
                return use;
        auto positions = std::make_unique<std::uint64_t[]>(kind.types.size());
        return kinds_.emplace_back(
            MemoryKindUse{.kind = &kind, .last_positions = std::move(positions)});
    }

    /// A tag, kept once, with the positions of its events, which the caller adds in order.
    std::pair<const std::string, Positions>& tagged(std::string_view tag) {
        return entry_of(tags_, tag);
    }

    /// The position of an event after the condition's position that matches it, or 0.
    [[nodiscard]] std::uint64_t match_after(const AppendCondition& condition, std::uint64_t head,
                                            const MemoryLogOf<T>& log) const {
        const auto after = [&](std::uint64_t position) {
            return position != 0 && (!condition.after || Position{position} > *condition.after);
        };
        for (const Query::Item& item : condition.fail_if_exists.items) {
            if (item.tags.empty()) {
                if (const auto last = last_of(item.types, head); after(last))
                    return last;
                continue;
            }
            const Positions* tagged = rarest(item.tags);
            if (!tagged)
                continue;
            for (auto at = tagged->rbegin(); at != tagged->rend() && after(*at); ++at)
                if (matches(item, log.at(*at).type(), log.at(*at).tags()))
                    return *at;
        }
        return 0;
    }

private:
    /// The last position of an event of one of these types; of any event if there are none.
    [[nodiscard]] std::uint64_t last_of(std::span<const std::string> types,
                                        std::uint64_t head) const {
        if (types.empty())
            return head;
        std::uint64_t last = 0;
        for (const std::string& type : types) {
            if (const auto found = names_.find(type); found != names_.end())
                last = std::max(last, found->second);
            for (const MemoryKindUse& use : kinds_)
                for (std::size_t i = 0; i < use.kind->types.size(); ++i)
                    if (use.kind->types[i] == type)
                        last = std::max(last, use.last_positions[i]);
        }
        return last;
    }

    /// The shortest list of positions of these tags; null if a tag was never seen.
    [[nodiscard]] const Positions* rarest(std::span<const std::string> tags) const {
        const Positions* shortest = nullptr;
        for (const std::string& tag : tags) {
            const auto found = tags_.find(tag);
            if (found == tags_.end())
                return nullptr;
            if (!shortest || found->second.size() < shortest->size())
                shortest = &found->second;
        }
        return shortest;
    }

    TextMap<Positions> tags_;
    TextMap<Dependent<std::uint64_t, T>>
        names_; // of events that came as bytes, with the last position as a type
    std::deque<Dependent<MemoryKindUse, T>> kinds_;
};

} // namespace eventsourcing::detail

#endif
