// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_FOLLOWING_RUNNERS_HPP
#define EVENTSOURCING_RUNTIME_FOLLOWING_RUNNERS_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace eventsourcing::detail {

/// Who runs a follower, as the owner of its progress says: the ids of the runners with spaces
/// between, first the one that stored last. Behind the id of another one is how many pages were
/// stored since that one stored something: `7f3a 91c0:3`. One that was killed can't take its id
/// away, and is left out after some pages.
class Runners {
public:
    explicit Runners(std::string_view owner) {
        while (!owner.empty()) {
            const std::string_view word = owner.substr(0, owner.find(' '));
            owner.remove_prefix(std::min(owner.size(), word.size() + 1));
            const std::size_t colon = word.find(':');
            Runner runner{word.substr(0, colon), 0};
            if (colon != std::string_view::npos)
                std::from_chars(word.data() + colon + 1, word.data() + word.size(), runner.pages);
            if (!runner.id.empty())
                all_.push_back(runner);
        }
    }

    [[nodiscard]] bool has(std::string_view id) const { return find(id) != all_.end(); }
    [[nodiscard]] bool has_others(std::string_view id) const {
        return std::any_of(all_.begin(), all_.end(),
                           [&](const Runner& each) { return each.id != id; });
    }
    /// Whether it is the one that stored last.
    [[nodiscard]] bool is_first(std::string_view id) const {
        return !all_.empty() && all_.front().id == id;
    }
    /// Whether it has stored something not long ago, so that nobody leaves it out soon.
    [[nodiscard]] bool shows(std::string_view id) const {
        const auto found = find(id);
        return found != all_.end() && found->pages < most_pages / 2;
    }

    /// The owner after this one has stored something: a page, or what leaves the checkpoint as it
    /// is.
    [[nodiscard]] std::string after(std::string_view id, bool page) const {
        std::string out(id);
        std::size_t runners = 1;
        for (const Runner& each : all_) {
            const unsigned pages = each.pages + (page ? 1U : 0U);
            if (each.id == id || pages > most_pages || ++runners > most_runners)
                continue;
            append(out, {each.id, pages});
        }
        return out;
    }
    /// The owner after this one has ended.
    [[nodiscard]] std::string without(std::string_view id) const {
        std::string out;
        for (const Runner& each : all_)
            if (each.id != id)
                append(out, each);
        return out;
    }

private:
    struct Runner {
        std::string_view id;
        unsigned pages = 0;
    };
    static constexpr unsigned most_pages = 16;
    static constexpr std::size_t most_runners = 6; // whose ids fit into an owner

    [[nodiscard]] std::vector<Runner>::const_iterator find(std::string_view id) const {
        return std::find_if(all_.begin(), all_.end(),
                            [&](const Runner& each) { return each.id == id; });
    }
    static void append(std::string& out, const Runner& runner) {
        if (!out.empty())
            out += ' ';
        out += runner.id;
        if (runner.pages > 0) {
            out += ':';
            out += std::to_string(runner.pages);
        }
    }

    std::vector<Runner> all_{};
};

} // namespace eventsourcing::detail

#endif
