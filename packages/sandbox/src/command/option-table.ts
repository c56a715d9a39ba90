/** How an option's value is treated. */
export type OptionKind =
  | 'flag' // no value
  | 'ignored-flag' // accepted and dropped: the runner sets it itself
  | 'ignored-value'
  | 'value'
  | 'text' // shown or stored, never opened: anything goes
  | 'graph'
  | 'format'
  | 'codec'
  | 'map'
  | 'encoder-params'
  | 'bitstream-filters'
  | 'file-name' // a name that the muxer writes inside the work folder
  | 'input';

const OPTIONS: Readonly<Record<Exclude<OptionKind, 'input'>, string>> = {
  flag: `an vn sn dn shortest accurate_seek noaccurate_seek seek_timestamp copyts start_at_zero autorotate noautorotate re
    bitexact copyinkf noautoscale autoscale fix_sub_duration xerror ignore_unknown copy_unknown`,
  'ignored-flag': 'y n hide_banner stats nostats nostdin stdin benchmark',
  'ignored-value': 'loglevel v threads filter_threads filter_complex_threads stats_period safe max_alloc cpuflags',
  value: `t to ss sseof itsoffset itsscale r s aspect b ab vb ar ac aq q qscale qmin qmax qdiff qcomp crf qp preset tune
    profile level g bf refs pix_fmt map_metadata map_chapters movflags fflags flags flags2 strict vsync fps_mode frames
    vframes aframes dframes maxrate minrate bufsize loop stream_loop final_delay plays cpu-used deadline quality speed
    row-mt auto-alt-ref lossless compression_level sws_flags swr_flags vol async disposition tag vtag atag stag
    channel_layout ch_layout sample_fmt framerate pixel_format video_size start_number start_time pattern_type
    video_track_timescale frag_duration min_frag_duration frag_size color_primaries color_trc colorspace color_range
    chroma_sample_location field_order max_muxing_queue_size thread_queue_size avoid_negative_ts muxdelay muxpreload
    tile-columns tile-rows lag-in-frames arnr-maxframes arnr-strength arnr-type frame-parallel static-thresh
    max-intra-rate undershoot-pct overshoot-pct aq-mode aq-strength error-resilient enable-tpl sc_threshold
    keyint_min force_key_frames max_interleave_delta apply_cropping analyzeduration probesize discard
    bits_per_raw_sample trellis me_range me_method subq coder b_strategy b-pyramid weightp weightb
    application vbr frame_duration packet_loss fec cutoff joint_stereo abr reservoir id3v2_version write_id3v1
    write_xing audio_service_type ignore_loop dpi huffman pred mpv_flags gifflags transdiff offsetting
    hls_time hls_init_time hls_list_size hls_playlist_type hls_segment_type hls_flags hls_allow_cache
    segment_time segment_frames segment_format segment_list_type segment_list_size segment_wrap segment_start_number
    reset_timestamps break_non_keyframes individual_header_trailer initial_offset
    seg_duration frag_type use_template use_timeline single_file window_size extra_window_size adaptation_sets streaming
    dash_segment_type ldash time_base enc_time_base timecode timestamp duration_probesize
    recast_media filter_units gop_timecode update atomic_writing fs apad max_error_rate sub_charenc canvas_size
    guess_layout_max shortest_buf_duration copytb rc rc-lookahead cq b_ref_mode spatial-aq temporal-aq multipass
    zerolatency psy-rd nal-hrd a53cc hwaccel hwaccel_output_format`,
  text: 'metadata program',
  graph: 'vf af filter lavfi filter_complex',
  format: 'f',
  codec: 'c codec vcodec acodec scodec',
  map: 'map',
  'encoder-params': 'x264-params x264opts x265-params svtav1-params aom-params',
  'bitstream-filters': 'bsf vbsf absf',
  'file-name':
    'hls_segment_filename hls_fmp4_init_filename segment_list init_seg_name media_seg_name single_file_name master_pl_name',
};

const KIND_OF: ReadonlyMap<string, OptionKind> = new Map<string, OptionKind>([
  ...Object.entries(OPTIONS).flatMap(([kind, names]) =>
    names
      .trim()
      .split(/\s+/)
      .map((name): [string, OptionKind] => [name, kind as Exclude<OptionKind, 'input'>]),
  ),
  ['i', 'input'],
]);

/**
 * The kind of an option written as `-name` or `-name:stream:specifier`, or undefined for one that is not on the list.
 * Rendobar allows about 120 flags and publishes only some of them (security model): this list is local policy.
 */
export function optionKind(flag: string): OptionKind | undefined {
  const parts = /^-([A-Za-z][A-Za-z0-9_-]*)((?::[A-Za-z0-9_.#+-]*)*)$/.exec(flag);
  return parts?.[1] === undefined ? undefined : KIND_OF.get(parts[1]);
}

/** The option's name without dash and stream specifier. */
export function optionName(flag: string): string {
  return flag.slice(1).split(':', 1)[0] ?? '';
}

/** Containers and codecs that `-f` may name, for reading or writing. `lavfi` and `concat` are checked further. */
export const FORMATS: ReadonlySet<string> = new Set(
  `mp4 mov m4v matroska webm avi mpegts flv gif apng image2 image2pipe mjpeg webp mp3 mp2 wav flac ogg oga ogv opus adts
   aac ipod m4a srt subrip webvtt ass h264 hevc m4s 3gp ismv lavfi concat hls dash segment stream_segment
   png_pipe jpeg_pipe webp_pipe`
    .trim()
    .split(/\s+/),
);

/** Keys of `-x264-params` and its relatives; the ones that are missing open or write files. */
export const ENCODER_PARAMS: ReadonlySet<string> = new Set(
  `keyint min-keyint keyint_min scenecut no-scenecut bframes b-adapt b-pyramid b-bias ref crf crf-max qp qpmin qpmax
   qpstep aq-mode aq-strength psy psy-rd psy-rdoq rd rdoq-level me merange subme trellis rc-lookahead mbtree no-mbtree
   vbv-maxrate vbv-bufsize vbv-init bitrate level level-idc profile open-gop no-open-gop deblock no-deblock weightp weightb
   weightb no-weightb partitions direct 8x8dct no-8x8dct cabac no-cabac colorprim transfer colormatrix range fullrange
   nal-hrd force-cfr sliced-threads slices intra-refresh annexb repeat-headers aud hdr10 hdr10-opt hdr-opt master-display
   max-cll log-level lossless tune preset film-grain film-grain-denoise enable-overlays irefresh-type enable-qm qm-min
   qm-max lookahead fast-decode tile-rows tile-columns input-depth threads pools frame-threads cpu-used sao no-sao
   ctu strong-intra-smoothing no-strong-intra-smoothing chroma-qp-offset ipratio pbratio qcomp cplxblur qblur`
    .trim()
    .split(/\s+/),
);

export const BITSTREAM_FILTERS: ReadonlySet<string> = new Set(
  `h264_mp4toannexb hevc_mp4toannexb aac_adtstoasc extract_extradata null vp9_superframe vp9_superframe_split
   dump_extra h264_metadata hevc_metadata av1_metadata remove_extra mov2textsub text2movsub setts filter_units`
    .trim()
    .split(/\s+/),
);
