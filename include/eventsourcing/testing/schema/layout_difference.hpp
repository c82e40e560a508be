// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_SCHEMA_LAYOUT_DIFFERENCE_HPP
#define EVENTSOURCING_TESTING_SCHEMA_LAYOUT_DIFFERENCE_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/testing/schema/layout_tree.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace eventsourcing::detail::schema {

/// What has changed between two schemas, in sentences.
struct Differences {
    /// What this program or one that still runs can no longer read.
    std::vector<std::string> breaking{};
    std::vector<std::string> allowed{};
};

/// Compares the layout in which an event was stored with that of today, which has the same version.
///
/// Stored events must be readable by this program, and what it writes by the older program, which
/// runs beside it while it is rolled out. So only what neither of them notices is allowed: a field
/// that is new and optional, one that is gone and was optional, and another order.
class LayoutComparison {
public:
    /// `event` begins each sentence; `consequence` ends it, in place of what a difference means for
    /// stored events and older programs.
    LayoutComparison(std::string event, Differences& out, std::string_view consequence = {})
        : event_(std::move(event)),
          consequence_(consequence),
          out_(out) {}

    void compare(const LayoutTree& before, const LayoutTree& now, const std::string& path = {}) {
        if (before.text == now.text)
            return;
        if (before.optional != now.optional)
            now.optional
                ? breaking(path, "became optional",
                           ", but an older program that still runs needs it")
                : breaking(path, "is no longer optional", ", but stored events may lack it");
        const bool same_kind = before.kind == now.kind;
        if (same_kind && before.kind == LayoutTree::Kind::fields)
            compare_fields(before, now, path);
        else if (same_kind && before.kind == LayoutTree::Kind::enumerators)
            compare_names(before, now, path, "enumerator");
        else if (same_kind && before.kind == LayoutTree::Kind::variant)
            compare_alternatives(before, now, path);
        else if (same_kind && is_same_list(before, now))
            for (std::size_t i = 0; i < now.parts.size(); ++i)
                compare(before.parts[i], now.parts[i], path + "[]");
        else if (plain(before) != plain(now))
            breaking(path, joined({shortened(plain(before)), " became ", shortened(plain(now))}),
                     why(plain(before), plain(now)));
    }

private:
    static std::string_view plain(const LayoutTree& tree) {
        return tree.text.substr(0, tree.text.size() - (tree.optional ? 1 : 0));
    }
    static std::string shortened(std::string_view layout) {
        return layout.size() <= 60 ? std::string(layout) : joined({layout.substr(0, 60), "..."});
    }
    static bool is_same_list(const LayoutTree& before, const LayoutTree& now) {
        const auto opening = [](const LayoutTree& tree) {
            return tree.text.substr(0, tree.text.find('['));
        };
        return before.kind == LayoutTree::Kind::list && before.word == now.word &&
               before.parts.size() == now.parts.size() && opening(before) == opening(now);
    }
    static int bits(std::string_view layout) {
        const auto digits = layout.find_first_of("0123456789");
        const bool integer = layout.starts_with("int") || layout.starts_with("uint");
        if (!integer || digits == std::string_view::npos)
            return 0;
        return layout.ends_with("8")    ? 8
               : layout.ends_with("16") ? 16
               : layout.ends_with("32") ? 32
                                        : 64;
    }
    static std::string_view why(std::string_view before, std::string_view now) {
        if (bits(before) == 0 || bits(now) == 0 || before.front() != now.front())
            return "";
        return bits(before) < bits(now)
                   ? " (an older program that still runs can't read the larger values)"
                   : " (stored values may not fit)";
    }

    void compare_fields(const LayoutTree& before, const LayoutTree& now, const std::string& path) {
        for (std::size_t i = 0; i < before.names.size(); ++i) {
            const std::string field = under(path, before.names[i]);
            const std::size_t at = find(now, before.names[i]);
            if (at != now.names.size())
                compare(before.parts[i], now.parts[at], field);
            else if (before.parts[i].optional)
                allowed(field, "is gone, and was optional");
            else
                breaking(field, "is gone",
                         ", but an older program that still runs needs it (if it was renamed: keep "
                         "the stored name by a `members` line)");
        }
        for (std::size_t i = 0; i < now.names.size(); ++i) {
            if (find(before, now.names[i]) != before.names.size())
                continue;
            const std::string field = under(path, now.names[i]);
            if (now.parts[i].optional)
                allowed(field, "is new and optional");
            else
                breaking(field, "is new",
                         ", but stored events lack it (an optional field is allowed)");
        }
        if (!std::is_permutation(before.names.begin(), before.names.end(), now.names.begin(),
                                 now.names.end()) ||
            before.names == now.names)
            return;
        allowed(path, "its fields have another order");
    }
    /// What is one of several names, of enumerators or alternatives.
    void compare_names(const LayoutTree& before, const LayoutTree& now, const std::string& path,
                       std::string_view what) {
        for (const std::string_view name : before.names)
            if (find(now, name) == now.names.size())
                breaking(path, joined({"the ", what, " ", name, " is gone"}),
                         ", but stored events may have it");
        for (const std::string_view name : now.names)
            if (find(before, name) == before.names.size())
                breaking(path, joined({"the ", what, " ", name, " is new"}),
                         ", and an older program that still runs can't read it (release first a "
                         "program that reads it and does not write it)");
        if (now.names != before.names &&
            std::is_permutation(before.names.begin(), before.names.end(), now.names.begin(),
                                now.names.end()))
            allowed(path, joined({"its ", what, "s have another order"}));
    }
    void compare_alternatives(const LayoutTree& before, const LayoutTree& now,
                              const std::string& path) {
        compare_names(before, now, path, "alternative");
        for (std::size_t i = 0; i < before.names.size(); ++i)
            if (const std::size_t at = find(now, before.names[i]); at != now.names.size())
                compare(before.parts[i], now.parts[at], under(path, before.names[i]));
    }

    static std::size_t find(const LayoutTree& tree, std::string_view name) {
        return static_cast<std::size_t>(std::find(tree.names.begin(), tree.names.end(), name) -
                                        tree.names.begin());
    }
    static std::string under(const std::string& path, std::string_view name) {
        return joined({path, path.empty() ? "" : ".", name});
    }
    [[nodiscard]] std::string sentence(const std::string& path, std::string_view what,
                                       std::string_view meaning) const {
        return joined({event_, path.empty() ? "" : "field ", path, path.empty() ? "" : ": ", what,
                       consequence_.empty() ? meaning : consequence_});
    }
    void breaking(const std::string& path, std::string_view what, std::string_view meaning) {
        out_.breaking.push_back(sentence(path, what, meaning));
    }
    void allowed(const std::string& path, std::string_view what) {
        out_.allowed.push_back(sentence(path, what, {}));
    }

    std::string event_;
    std::string_view consequence_;
    Differences& out_;
};

} // namespace eventsourcing::detail::schema

#endif
